import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from '@q/testkit';
import { onTestFinished } from 'vitest';

/** What `npm start` runs. */
export const entry: URL = new URL('../../dist/main.js', import.meta.url);

/** A folder to index, which is gone after the test. */
export async function documents(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'q-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'one.txt'), 'worker worker worker queue queue');
  await writeFile(join(folder, 'two.md'), 'worker');
  await writeFile(join(folder, 'three.bin'), Buffer.from([1, 0, 2]));
  return folder;
}

/** Process ids of the services, as the demo names them in its output. */
export function servicesOf({ lines }: ChildProcess): number[] {
  return lines.flatMap((line) => [...line.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid)));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
