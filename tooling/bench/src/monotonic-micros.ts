const attempts = 200;
// performance.now() is cheaper to read than hrtime, but begins elsewhere in each process.
const origin = findOrigin();

/** Microseconds on a clock that all processes of this machine share. */
export function monotonicMicros(): number {
  return origin + performance.now() * 1_000;
}

/** A process may be put aside between two readings of clocks: the pair that lies closest together is the one to trust. */
function findOrigin(): number {
  let best = { apart: Number.POSITIVE_INFINITY, origin: 0 };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = process.hrtime.bigint();
    const own = performance.now() * 1_000;
    const apart = Number(process.hrtime.bigint() - before) / 1_000;
    if (apart < best.apart) best = { apart, origin: Number(before) / 1_000 + apart / 2 - own };
  }
  return best.origin;
}
