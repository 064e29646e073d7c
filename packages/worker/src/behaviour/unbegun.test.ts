import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, task } from '@q/core';
import type { ChildProcess } from '@q/testkit';
import { describe, expect } from 'vitest';
import { type Rig, test } from '../test-support/worker-test.ts';

interface Begun {
  readonly id: string;
  /** Wire id of the worker. */
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
}

const short = task<() => void>('short');
const block = task<() => void>('block');
const fastWorker = new URL('../test-support/fast-worker.mjs', import.meta.url);

function begunBy(child: ChildProcess): Begun[] {
  return child.messages as Begun[];
}

/** Answers what it runs, which the handlers of the child do not know. */
async function startOther(rig: Rig): Promise<Map<string, { attempt: number; tries: number; runs: number }>> {
  const ran = new Map<string, { attempt: number; tries: number; runs: number }>();
  const other = rig.worker({ lease: 1_500 });
  other.handle(short, ({ id, attempt, tries }) => {
    ran.set(id, { attempt, tries, runs: (ran.get(id)?.runs ?? 0) + 1 });
  });
  await rig.start(other);
  return ran;
}

describe('tasks that were claimed ahead and not begun', () => {
  test('go back uncharged, and run elsewhere once, when a handler blocks the event loop', {
    timeout: 60_000,
  }, async ({ rig, redis, childProcess }) => {
    const until = join(tmpdir(), rig.queue);
    const calls = [...Array.from({ length: 1_000 }, () => call(short)), call(block)];
    const before = await rig.client.enqueueMany(calls);
    const after = await rig.client.enqueueMany(Array.from({ length: 300 }, () => call(short)));
    const blockId = before.at(-1)?.id ?? '';
    const env = { REDIS_ADDRESS: JSON.stringify(rig.address), QUEUE: rig.queue, BLOCK_UNTIL: until };
    const child = childProcess(fastWorker, { env });
    await expect.poll(() => begunBy(child).some(({ id }) => id === blockId), { timeout: 20_000 }).toBe(true);
    const by = begunBy(child)[0]?.by ?? '';
    const claims = await redis.hvals(`q:{${rig.queue}}:claims:${by}`);
    const waiting = after.filter(({ id }) => claims.some((ids) => ids.split(' ').includes(id)));
    expect(waiting.length).toBeGreaterThan(0);

    const ran = await startOther(rig);
    await expect.poll(() => ran.size, { timeout: 10_000 }).toBe(after.length);
    await writeFile(until, '');
    await Promise.all([...before, ...after].map((handle) => handle.value({ timeout: '10s' })));
    child.signal('SIGTERM');
    await child.exited;
    await rm(until);
    expect(
      [...ran.values()].every(({ attempt, tries, runs }) => attempt === 1 && tries === 1 && runs === 1),
    ).toBe(true);
    expect(begunBy(child)).toHaveLength(before.length);
    expect(new Set([...begunBy(child).map(({ id }) => id), ...ran.keys()]).size).toBe(
      before.length + after.length,
    );
  });

  test('are not begun by a process that was frozen for longer than its lease', { timeout: 60_000 }, async ({
    rig,
    redis,
    childProcess,
  }) => {
    await rig.client.enqueueMany(Array.from({ length: 5_000 }, () => call(short)));
    await rig.client.enqueueMany(Array.from({ length: 5_000 }, () => call(short)));
    const env = { REDIS_ADDRESS: JSON.stringify(rig.address), QUEUE: rig.queue, BLOCK_UNTIL: '' };
    const child = childProcess(fastWorker, { env });
    await expect.poll(() => begunBy(child).length, { timeout: 20_000, interval: 1 }).toBeGreaterThan(1_000);
    child.signal('SIGSTOP');
    const by = begunBy(child)[0]?.by ?? '';
    await startOther(rig);
    // Taken over.
    await expect.poll(() => redis.zscore(`q:{${rig.queue}}:workers`, by), { timeout: 20_000 }).toBeNull();
    const thawedAt = Date.now();
    child.signal('SIGCONT');
    await expect
      .poll(() => child.lines.concat(child.errorLines).join('\n'), { timeout: 20_000 })
      .toContain('was lost');
    child.signal('SIGTERM');
    await child.exited;
    // One may have been about to begin.
    const late = begunBy(child).filter(({ by: who, at }) => who === by && at >= thawedAt);
    expect(late.length).toBeLessThanOrEqual(1);
  });
});
