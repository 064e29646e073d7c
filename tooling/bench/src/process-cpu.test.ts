import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { familyCpuMicros, processCpuMicros, readCpuTicks, readParent } from './process-cpu.ts';

const stat = '17 (a) 1 (b) S 1 17 17 0 -1 4194304 100 0 0 0 250 31 7 9 20 0 11 0 12345 1000 10';

it('reads user and system time, and the parent, behind a program name that looks like fields', () => {
  expect(readCpuTicks(stat)).toBe(281);
  expect(readParent(stat)).toBe(1);
});

it('counts what children use, also of those that have ended', async () => {
  const burn = 'let n = 0; const until = Date.now() + 150; while (Date.now() < until) n += 1;';
  const own = processCpuMicros(process.pid);
  const family = familyCpuMicros(process.pid);
  await once(spawn(process.execPath, ['-e', burn]), 'exit');
  const grown = familyCpuMicros(process.pid) - family;
  expect(grown - (processCpuMicros(process.pid) - own)).toBeGreaterThan(0);
});
