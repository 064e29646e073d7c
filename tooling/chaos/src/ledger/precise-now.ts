const name = 'Q_CHAOS_EPOCH';
const samples = 5;

/** Ms since the machine was started: the same in all of its processes. */
function sinceBoot(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * When that was, epoch ms. The harness finds out and its children inherit it: what each would find for itself differs by as
 * long as it lost the processor between two looks at a clock, 110 ms in one of some hundred, and `performance.timeOrigin` is
 * made of two such looks.
 */
const bootedAt = Number(process.env[name] ?? findBoot());
process.env[name] = String(bootedAt);

function findBoot(): number {
  const found = Array.from({ length: samples }, () => {
    const before = sinceBoot();
    const now = Date.now();
    const after = sinceBoot();
    return { took: after - before, bootedAt: now - after };
  });
  const best = found.reduce((one, other) => (other.took < one.took ? other : one));
  return best.bootedAt;
}

/** Epoch ms with fractions, comparable between the processes of one harness. */
export function preciseNow(): number {
  return bootedAt + sinceBoot();
}
