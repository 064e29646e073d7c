import type { Ledger } from './ledger.ts';
import { preciseNow } from './precise-now.ts';

/** ms */
const interval = 100;

/**
 * Writes down when this process did not get to run for a third of its lease or longer, because the machine was busy or
 * it was frozen: then it may lose its lease without a fault of its own.
 *
 * @param lease - ms
 */
export function noteStalls(ledger: Ledger, lease: number): void {
  let last = preciseNow();
  setInterval(() => {
    const now = preciseNow();
    const stall = now - last - interval;
    if (stall > lease / 3) {
      const what = `it did not run for ${Math.round(stall)} ms`;
      ledger.write({
        kind: 'fault',
        fault: 'stall',
        victim: ledger.by,
        what,
        since: last,
        until: now,
      });
    }
    last = now;
  }, interval).unref();
}
