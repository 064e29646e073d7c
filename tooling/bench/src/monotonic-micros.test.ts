import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { monotonicMicros } from './monotonic-micros.ts';

it('another process, asked meanwhile, says a time in between', async () => {
  const script = 'process.stdout.write(String(Number(process.hrtime.bigint()) / 1000))';
  const before = monotonicMicros();
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child, 'close');
  expect(Number(said)).toBeGreaterThan(before);
  expect(Number(said)).toBeLessThan(monotonicMicros());
});
