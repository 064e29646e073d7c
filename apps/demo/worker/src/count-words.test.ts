import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countPrimes } from './count-primes.ts';
import { countWords } from './count-words.ts';
import { requireInside } from './require-inside.ts';

async function folderWith(content: string | Buffer): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'q-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'document.txt');
  await writeFile(file, content);
  return { folder, file };
}

describe('the words of a file', () => {
  it('are counted in lower case, short ones in the total only', async () => {
    const text = 'Queue of queues: the queue.\nÜber Größe';
    const { file } = await folderWith(text);
    expect(countWords(file)).toEqual({
      sha256: createHash('sha256').update(text).digest('hex'),
      bytes: Buffer.byteLength(text),
      words: 7,
      frequent: [
        ['queue', 2],
        ['queues', 1],
        ['über', 1],
        ['größe', 1],
      ],
    });
  });

  it('are none when the file is no text', async () => {
    expect(countWords((await folderWith(Buffer.from([80, 75, 0, 4]))).file)).toBeNull();
  });
});

describe('a file of the folder', () => {
  it('is found by its relative name', async () => {
    const { folder, file } = await folderWith('text');
    expect(await requireInside(folder, 'document.txt')).toMatch(file);
  });

  it('is refused outside, also behind a link', async () => {
    const { folder } = await folderWith('text');
    await symlink('/etc/hostname', join(folder, 'link'));
    await expect(requireInside(folder, '../..')).rejects.toThrow('outside');
    await expect(requireInside(folder, 'link')).rejects.toThrow('outside');
  });
});

it.each([
  [2, 0],
  [3, 1],
  [100, 25],
  [7_920, 1_000],
])('below %i there are %i primes', (below, primes) => {
  expect(countPrimes(below)).toBe(primes);
});
