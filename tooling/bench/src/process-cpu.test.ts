import { expect, it } from 'vitest';
import { readCpuTicks } from './process-cpu.ts';

it('reads user and system time behind a program name that looks like fields', () => {
  const stat = '17 (a) 1 (b) S 1 17 17 0 -1 4194304 100 0 0 0 250 31 0 0 20 0 11 0 12345 1000 10';
  expect(readCpuTicks(stat)).toBe(281);
});
