/** What cut a run short before its handler ended. */
export type Interruption =
  | { readonly kind: 'timed-out'; readonly after: number }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'shut-down' }
  /** Another worker may have it: whatever comes of it is dropped. */
  | { readonly kind: 'lost' };

/** What one run of a handler came to. */
export type Run =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: DeclaredError }
  /** The arguments, the result or the data of a declared error did not pass their schema. */
  | { readonly kind: 'invalid'; readonly error: unknown }
  | Interruption
  /** The bytes are none that a producer writes. */
  | { readonly kind: 'malformed' }
  /** Nobody here can run it: no handler has its name, or it was written by a codec that is not known here. */
  | { readonly kind: 'unknown' };

/** Carries a declared error out of the handler. */
export class DeclaredError extends Error {
  readonly #type: string;
  readonly data: unknown;

  constructor(type: string, data: unknown) {
    super(`the handler failed with the declared error "${type}"`);
    this.name = type;
    this.#type = type;
    this.data = data;
  }

  /** Asks nothing of what was thrown: a proxy may answer with another throw. */
  static is(thrown: unknown): thrown is DeclaredError {
    return typeof thrown === 'object' && thrown !== null && #type in thrown;
  }

  get type(): string {
    return this.#type;
  }
}
