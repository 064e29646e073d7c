import { describe, expect, it } from 'vitest';
import { faults } from './faults.ts';
import { describeReport, playFault } from './play-faults.ts';

describe('what must hold under faults, on a small scale', () => {
  for (const fault of faults) {
    const { small } = fault.sizes;
    if (small === null) continue;
    it(`${fault.name}: ${fault.promise}`, { timeout: 60_000 }, async () => {
      const report = await playFault(fault, small);
      expect(report.broken, describeReport(report)).toEqual([]);
    });
  }
});
