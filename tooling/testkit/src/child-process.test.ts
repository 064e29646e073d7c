import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { startChild } from './child-process.ts';
import { test } from './fixtures.ts';
import { queueName } from './queue-name.ts';

async function program(source: string): Promise<string> {
  const file = join(tmpdir(), `${queueName()}.mjs`);
  await writeFile(file, source);
  onTestFinished(() => rm(file));
  return file;
}

describe('a child process', () => {
  test('hands each line to one taker, also lines that came before', async ({ childProcess }) => {
    const child = childProcess(await program('console.log("a 1"); console.log("b 1"); console.log("a 2")'));
    await child.exited;
    expect([await child.line('a'), await child.line(/^a/), await child.line('b')]).toEqual([
      'a 1',
      'a 2',
      'b 1',
    ]);
  });

  test('answers messages', async ({ childProcess }) => {
    const child = childProcess(await program('process.once("message", (it) => process.send(it))'));
    child.send({ hello: 1 });
    expect(await child.message()).toEqual({ hello: 1 });
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  test('rejects a wait with its output when it ends first', async ({ childProcess }) => {
    const child = childProcess(await program('console.error("no luck"); process.exit(3)'));
    await expect(child.line('never')).rejects.toThrow(/code 3[\s\S]*no luck/);
  });

  test('is killed by its process id, also when it is frozen', async ({ childProcess }) => {
    const child = childProcess(await program('console.log("up"); setInterval(() => {}, 1000)'));
    await child.line('up');
    child.signal('SIGSTOP');
    expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that does not start rejects waits instead of hanging', async () => {
    const child = startChild(await program(''), { cwd: join(tmpdir(), queueName()) });
    await expect(child.line('up')).rejects.toThrow('ENOENT');
  });

  test.fails('fails the test that leaves it running', async ({ childProcess }) => {
    await childProcess(await program('console.log("up"); setInterval(() => {}, 1000)')).line('up');
  });
});
