// performance.now() is cheaper to read, but begins elsewhere in each process.
const origin = Number(process.hrtime.bigint() / 1_000n) - performance.now() * 1_000;

/** Microseconds on a clock that all processes of this machine share. */
export function monotonicMicros(): number {
  return origin + performance.now() * 1_000;
}
