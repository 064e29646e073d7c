/** Ms that never jump when somebody sets the clock of the machine. */
export function monotonicNow(): number {
  return performance.now();
}
