import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { isHeld } from './malformed-options.ts';
import { runMalformed } from './run-malformed.ts';

it('whatever bytes stand for a task, the worker that meets them goes on, and every byte is kept', {
  timeout: 60_000,
}, async () => {
  const options = { count: 2_000, seed: randomInt(2 ** 31) };
  const report = await runMalformed(options, () => undefined);
  expect(report).toMatchObject({ violations: [], workerExits: 0, worksAfterwards: true, leftBehind: [] });
  expect(report).toMatchObject({ kept: options.count, malformed: options.count - report.deferred });
  expect(isHeld(report)).toBe(true);
  expect(report.deferred).toBeGreaterThan(100);
  expect(Object.keys(report.byKind).length).toBeGreaterThan(30);
});
