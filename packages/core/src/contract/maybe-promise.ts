/** A value, or the promise of one. `Promise`, not `PromiseLike`: a wrong value is then explained in three lines, not ten. */
export type MaybePromise<Value> = Value | Promise<Value>;
