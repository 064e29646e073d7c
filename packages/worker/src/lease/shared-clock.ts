/**
 * Ms that never jump and mean the same in every thread of this process, which those of `performance.now()` do
 * not.
 */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
