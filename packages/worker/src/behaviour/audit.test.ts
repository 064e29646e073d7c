import { ResultMissingError } from '@q/client';
import { task } from '@q/core';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { audit } from '../auditor/audit.ts';
import type { AuditReport, Finding } from '../auditor/audit-report.ts';
import { Retry } from '../retry/retry.ts';
import { deferred } from '../test-support/deferred.ts';
import { type Rig, test } from '../test-support/worker-test.ts';

const gated = task<(id: string) => string>('gated');
const alone = task<(id: string) => string>('alone', { unique: true, timeout: '1m' });
const quick = task<(id: string) => string>('quick');
const flaky = task<(id: string) => string>('flaky');

/** A queue in the middle of work: its worker is busy with two tasks that end when they are told to. */
interface Midst {
  readonly keys: QueueKeys;
  readonly redis: Redis;
  /** Wire id of the worker. */
  readonly worker: string;
  /** How often each task was run. */
  readonly runs: Map<string, number>;
  /** Lets everything run, and answers what became of each task. */
  readonly drain: () => Promise<ReadonlyMap<string, unknown>>;
}

/** What is deleted, what an audit has to say of it, and what happens to tasks that are not just done. */
interface Deletion {
  readonly what: string;
  readonly key: (midst: Midst) => string;
  /** Brings the key about when the work does not. */
  readonly arrange?: (midst: Midst) => Promise<unknown>;
  readonly finds: ReadonlyArray<Finding['kind']>;
  /** Its worker cannot go on and lets go of what it runs. */
  readonly lapses?: true;
  readonly ends?: Readonly<Record<string, unknown>>;
}

const deletions: readonly Deletion[] = [
  { what: 'ready', key: ({ keys }) => keys.ready, finds: ['stranded'] },
  { what: 'suspects', key: ({ keys }) => keys.suspects, finds: ['stranded'] },
  { what: 'running', key: ({ keys }) => keys.running, finds: ['stranded', 'unheld'] },
  { what: 'due', key: ({ keys }) => keys.due, finds: ['stranded'] },
  { what: 'claims of a worker', key: ({ keys, worker }) => keys.claims(worker), finds: ['unlisted'] },
  { what: 'workers', key: ({ keys }) => keys.workers, finds: ['orphaned'], lapses: true },
  { what: 'unique', key: ({ keys }) => keys.unique, finds: ['unlocked'] },
  { what: 'tries', key: ({ keys }) => keys.tries, finds: [] },
  { what: 'a history', key: ({ keys }) => keys.history('tried'), finds: [] },
  { what: 'watch', key: ({ keys }) => keys.watch, finds: [] },
  {
    what: 'aborts',
    key: ({ keys }) => keys.aborts,
    arrange: ({ redis, keys }) => redis.hset(keys.aborts, 'waiting', 'never came'),
    finds: [],
  },
  { what: 'bell', key: ({ keys }) => keys.bell, finds: [] },
  { what: 'meta', key: ({ keys }) => keys.meta, finds: [] },
  { what: 'what a worker says of itself', key: ({ keys, worker }) => keys.worker(worker), finds: [] },
  { what: 'schedules', key: ({ keys }) => keys.schedules, finds: ['halved'] },
  { what: 'next slots of schedules', key: ({ keys }) => keys.schedulesDue, finds: ['halved'] },
  {
    what: 'last slots of schedules',
    key: ({ keys }) => keys.schedulesLast,
    arrange: ({ redis, keys }) => redis.hset(keys.schedulesLast, 'yearly', '1'),
    finds: [],
  },
  { what: 'a task that is run', key: ({ keys }) => keys.task('held'), finds: ['missing'] },
  {
    what: 'a task that was tried and waits',
    key: ({ keys }) => keys.task('tried'),
    finds: ['dangling'],
    ends: { tried: expect.any(ResultMissingError) },
  },
];

const patience = { timeout: 10_000 };
const ids = ['held', 'alone', 'waiting', 'second', 'suspicious', 'tried', 'planned'];

async function inTheMidst(rig: Rig, redis: Redis): Promise<Midst> {
  const keys = queueKeys(rig.queue);
  const gate = deferred();
  const runs = new Map<string, number>();
  const running = await startWorker(rig, gate.promise, runs);
  const first = await rig.client.enqueue(flaky, 'tried').start({ id: 'tried' });
  await expect.poll(() => redis.exists(keys.due), patience).toBe(1);
  const handles = [
    await rig.client.enqueue(gated, 'held').start({ id: 'held' }),
    await rig.client.enqueue(alone, 'alone').start({ id: 'alone' }),
  ];
  await expect.poll(() => redis.hlen(keys.running), patience).toBe(2);
  for (const id of ['waiting', 'second', 'suspicious'])
    handles.push(await rig.client.enqueue(quick, id).start({ id }));
  handles.push(await rig.client.enqueue(quick, 'planned').start({ id: 'planned', delay: '1h' }), first);
  await redis.lrem(keys.ready, 1, 'suspicious');
  await redis.hset(keys.tries, 'suspicious', '0,2,2,,');
  await redis.lpush(keys.suspects, 'suspicious');
  const results = handles.map(async (handle) => {
    const end = await handle.result({ timeout: '15s' }).catch((error: unknown) => error);
    return [
      handle.id,
      typeof end === 'object' && end !== null && 'result' in end ? end.result : end,
    ] as const;
  });
  await expect.poll(() => redis.hlen(keys.watch), patience).toBeGreaterThan(5);
  const drain = async (): Promise<ReadonlyMap<string, unknown>> => {
    // Both would wait for an hour.
    await redis.zadd(keys.due, 'XX', 1, 'planned', 1, 'tried');
    gate.resolve();
    return new Map(await Promise.all(results));
  };
  return { keys, redis, worker: running, runs, drain };
}

/** Answers its wire id. */
async function startWorker(rig: Rig, gate: Promise<void>, runs: Map<string, number>): Promise<string> {
  const count = (id: string): number => {
    runs.set(id, (runs.get(id) ?? 0) + 1);
    return runs.get(id) ?? 0;
  };
  const worker = rig.worker({ id: 'worker', concurrency: 2, prefetch: 0, lease: '3s' });
  const atGate = async ({ signal }: { readonly signal: AbortSignal }, id: string): Promise<string> => {
    count(id);
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([gate, aborted]);
    return id;
  };
  worker.handle(gated, atGate);
  worker.handle(alone, atGate);
  worker.handle(quick, (_ctx, id) => {
    count(id);
    return id;
  });
  worker.handle(flaky, (_ctx, id) => {
    if (count(id) === 1) throw new Retry('not yet', { delay: '1h' });
    return id;
  });
  worker.cron('0 0 1 1 *', 'yearly', () => undefined);
  return (await rig.start(worker)).id;
}

describe('what a deleted key has stranded', () => {
  test.for(deletions)('is found and repaired: $what', async (deletion, { rig, redis }) => {
    const options = { redis: rig.auditorRedis, queue: rig.queue, lease: '3s' } as const;
    const midst = await inTheMidst(rig, redis);
    await deletion.arrange?.(midst);
    expect(kindsOf(await audit(options))).toEqual([]);

    expect(await redis.del(deletion.key(midst))).toBe(1);
    const seen = await audit(options);
    const repaired = await audit({ ...options, repair: true });

    expect(kindsOf(seen)).toEqual([...deletion.finds].sort());
    expect(kindsOf(repaired)).toEqual(
      expect.arrayContaining(deletion.finds.filter((kind) => kind !== 'unheld')),
    );
    expect(kindsOf(await audit(options))).toEqual(deletion.finds.filter((kind) => kind === 'missing'));
    const ends = await midst.drain();
    expect(Object.fromEntries(ends)).toEqual({
      ...Object.fromEntries(ids.map((id) => [id, id])),
      ...deletion.ends,
    });
    if (deletion.lapses === undefined) expect(timesOf(midst.runs, ['held', 'alone'])).toEqual([1, 1]);
    expect(timesOf(midst.runs, ['waiting', 'second', 'suspicious', 'planned'])).toEqual([1, 1, 1, 1]);
    await audit({ ...options, repair: true });
    expect(await audit({ ...options, allEnd: true })).toMatchObject({ found: 0, isComplete: true });
  });
});

function kindsOf({ counts }: AuditReport): readonly string[] {
  return Object.keys(counts).sort();
}

function timesOf(runs: ReadonlyMap<string, number>, of: readonly string[]): readonly (number | undefined)[] {
  return of.map((id) => runs.get(id));
}

const busy = task<(n: number) => number>('busy');
const again = task<(n: number) => number>('again', { maxTries: null });
const single = task<(n: number) => number>('single', { unique: true, timeout: '1m' });

const leastAudits = 12;
const mostRounds = 100;

test('a queue under load with live workers has no findings', { timeout: 30_000 }, async ({ rig }) => {
  for (const id of ['one', 'two']) {
    const worker = rig.worker({ id, concurrency: 8, lease: '1s' });
    worker.handle(busy, async (ctx, n) => {
      if (n % 10 === 0) await ctx.sleep(3);
      return n;
    });
    worker.handle(again, (ctx, n) => {
      if (ctx.tries < 4) throw new Retry('at once', { delay: 0 });
      return n;
    });
    worker.handle(single, (_ctx, n) => n);
    worker.cron('* * * * * *', 'often', () => undefined);
    await rig.start(worker);
  }
  const options = { redis: rig.auditorRedis, queue: rig.queue };
  const found: Finding[] = [];
  let audits = 0;
  let isOver = false;
  const auditing = (async () => {
    while (!isOver) {
      const report = await audit({ ...options, repair: audits % 2 === 1, allEnd: true });
      found.push(...report.findings);
      audits += 1;
    }
  })();
  for (let round = 0; round < 5 || (audits < leastAudits && round < mostRounds); round += 1) {
    const calls = Array.from({ length: 100 }, (_, n) =>
      rig.client.enqueue(busy, n).start({ id: `busy-${round}-${n}` }),
    );
    const others = Array.from({ length: 10 }, (_, n) => [
      rig.client.enqueue(again, n).start({ id: `again-${round}-${n}` }),
      rig.client.enqueue(busy, n).start({ id: `later-${round}-${n}`, delay: n * 10 }),
      rig.client.enqueue(single, n).start({ id: `single-${round}-${n}` }),
    ]).flat();
    const handles = await Promise.all([...calls, ...others]);
    await handles[round]?.abort();
    await Promise.all(handles.map((handle) => handle.result({ timeout: '20s' })));
  }
  isOver = true;
  await auditing;

  expect(found).toEqual([]);
  expect(audits).toBeGreaterThanOrEqual(leastAudits);
});
