/** Blocks the thread that it runs in for so many milliseconds, as CPU-bound work does. */
export function syncSleep(ms: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return ms;
}
