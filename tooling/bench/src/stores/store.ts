/** The server that a system keeps its tasks on: a private one, or a database of its own. */
export interface Store extends AsyncDisposable {
  readonly url: string;
  readonly program: 'redis' | 'postgresql';
  readonly version: string;
  readonly settings: string;
  /** CPU time used so far, µs; NaN when it cannot be seen from here. */
  cpuMicros(): number;
  empty(): Promise<void>;
  /** An empty one of the same kind, at the same time. */
  beside(): Promise<Store>;
  /** Resolves when the server has done what a lot of writing leaves it to do by itself. */
  rest(): Promise<void>;
  /** Commands performed so far, inside scripts or not, without those of the harness; NaN where nobody counts. */
  commands(): Promise<number>;
  /** Bytes that the data takes; what belongs to connections comes and goes. */
  bytes(): Promise<number>;
}
