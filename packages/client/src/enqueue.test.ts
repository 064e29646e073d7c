import { call, task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { commandsPerformed, openFaultyLine } from '@q/testkit';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { test } from './test-support/client-test.ts';

const add = task<(a: number, b: number) => number>('add');
const tick = task('tick');
const checked = task('checked', { input: z.object({ url: z.url() }) });
const slowlyChecked = task('slowly.checked', { input: z.string().refine(async (text) => text !== 'bad') });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('enqueueing', () => {
  test('sends everything of one tick as one script call', async ({ startRedis, connect, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    await client.enqueue(tick);
    const { byCommand } = await commandsPerformed(connect(server.url), () =>
      Promise.all([
        ...upTo(100).map((n) => client.enqueue(add, n, n)),
        ...upTo(50).map((n) => client.send(call(add, n, n))),
        client.enqueueMany(upTo(50).map((n) => call(add, n, n))),
      ]),
    );
    expect(byCommand).toMatchObject({ evalsha: 1 });
  });

  test('sends no more than 200 tasks or 256 KiB in one call', async ({ startRedis, connect, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    const text = task<(text: string) => void>('text');
    const redis = connect(server.url);
    await client.enqueue(tick);
    const many = await commandsPerformed(redis, () => client.enqueueMany(upTo(401).map(() => call(tick))));
    expect(many.byCommand).toMatchObject({ evalsha: 3 });
    const large = await commandsPerformed(redis, () =>
      client.enqueueMany(upTo(4).map(() => call(text, 'x'.repeat(100_000)))),
    );
    expect(large.byCommand).toMatchObject({ evalsha: 2 });
    const huge = await commandsPerformed(redis, () =>
      client.enqueueMany([call(tick), call(text, 'x'.repeat(900_000)), call(tick)]),
    );
    expect(huge.byCommand).toMatchObject({ evalsha: 3 });
  });

  test('gathers what comes while a call is under way', async ({ startRedis, connect, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    await client.enqueue(tick);
    const { byCommand } = await commandsPerformed(connect(server.url), async () => {
      await server.pause();
      const sent: Promise<unknown>[] = [];
      for (let round = 0; round < 4; round += 1) {
        sent.push(client.send(call(tick)), client.send(call(tick)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await server.resume();
      await Promise.all(sent);
    });
    expect(byCommand).toMatchObject({ evalsha: 2 });
  });

  test('keeps the order of the calls', async ({ client, worker }) => {
    const sent: string[] = [];
    for (const size of [1, 250, 3, 700, 50]) {
      const handles = await Promise.all(upTo(size).map((n) => client.enqueue(add, n, n)));
      sent.push(...handles.map(({ id }) => id));
    }
    expect([
      ...(await worker.claim(500)),
      ...(await worker.claim(500)),
      ...(await worker.claim(500)),
    ]).toEqual(sent);
  });

  test('takes the arguments down at once', async ({ client }) => {
    const store = task<(value: { n: number }) => void>('store');
    const value = { n: 1 };
    const builder = client.enqueue(store, value);
    const sending = client.send(call(store, value));
    const checkedLater = task('checked.later', {
      input: z.object({ n: z.number() }).refine(async () => true),
    });
    const pending = client.enqueue(checkedLater, value);
    value.n = 2;
    expect((await (await builder).info())?.args).toEqual([{ n: 1 }]);
    expect((await (await pending).info())?.args).toEqual([{ n: 1 }]);
    expect((await (await sending).info())?.args).toEqual([{ n: 1 }]);
  });

  test('sends the form that was given, not what the schema makes of it', async ({ client }) => {
    const dated = task('dated', {
      input: z.object({ at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
    });
    const handle = await client.enqueue(dated, { at: '2026-01-01' });
    expect((await handle.info())?.args).toEqual([{ at: '2026-01-01' }]);
  });

  test('refuses what its schema refuses, and sends nothing', async ({ client, redis, queue }) => {
    const bad = { url: 'none' };
    const refusals = [
      client.enqueue(checked, bad),
      client.send(call(checked, bad)),
      client.enqueueMany([call(tick), call(checked, bad)]),
      client.enqueueMany([call(tick), call(slowlyChecked, 'bad')]),
      client.enqueue(slowlyChecked, 'bad'),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ code: 'Q_INVALID_INPUT' });
    expect(await redis.exists(queueKeys(queue).ready)).toBe(0);
    expect((await client.enqueue(slowlyChecked, 'good')).name).toBe('slowly.checked');
  });

  test('refuses what cannot travel, with its path, and sends nothing', async ({ client, redis, queue }) => {
    const loose = task<(value: unknown) => void>('loose');
    await expect(client.enqueue(loose, { user: { callback: () => 1 } })).rejects.toMatchObject({
      code: 'Q_NOT_ENCODABLE',
      path: 'args[0].user.callback',
    });
    await expect(client.enqueue(loose, 'x'.repeat(20_000_000))).rejects.toMatchObject({
      code: 'Q_PAYLOAD_TOO_LARGE',
    });
    expect(await redis.exists(queueKeys(queue).ready)).toBe(0);
  });

  test('by name needs no contract', async ({ client, worker }) => {
    const handle = await client.enqueueUnsafe('elsewhere', 1, 'two');
    expect(await handle.info()).toMatchObject({ name: 'elsewhere', args: [1, 'two'] });
    expect(await worker.claim()).toEqual([handle.id]);
  });

  test('with a delay or a schedule makes the task wait for its time', async ({ client, worker }) => {
    const before = Date.now();
    const delayed = await client.enqueue(tick).start({ delay: '1h', headers: { tenant: 'a' } });
    const scheduled = await client.enqueue(tick).start({ schedule: new Date(before + 3_600_000) });
    const over = await client.enqueue(tick).start({ schedule: new Date(0) });
    expect(await worker.claim(3)).toEqual([over.id]);
    const info = await delayed.info();
    expect(info).toMatchObject({ status: 'scheduled', headers: { tenant: 'a' } });
    expect(info?.dueAt).toBeGreaterThanOrEqual(before + 3_600_000 - 2);
    expect(info?.dueAt).toBeLessThan(before + 3_610_000);
    expect(await scheduled.info()).toMatchObject({ dueAt: before + 3_600_000 });
  });
});

describe('an id', () => {
  test('makes one task however often it is enqueued', async ({ client, makeClient, redis, queue }) => {
    const first = await client.enqueue(tick).start({ id: 'order-7' });
    const second = await client.enqueue(tick).start({ id: 'order-7' });
    const third = await makeClient().enqueue(tick).start({ id: 'order-7', delay: '1s' });
    expect([first, second, third].map(({ duplicate }) => duplicate)).toEqual([false, true, true]);
    expect(await redis.lrange(queueKeys(queue).ready, 0, -1)).toEqual(['order-7']);
    expect(await redis.exists(queueKeys(queue).due)).toBe(0);
  });

  test('that is enqueued twice in one tick is a duplicate the second time', async ({
    client,
    redis,
    queue,
  }) => {
    const [first, between, second] = await client.enqueueMany([
      call(tick).start({ id: 'order-7' }),
      call(tick).start({ id: 'order-8' }),
      call(tick).start({ id: 'order-7' }),
    ]);
    expect([first, between, second].map(({ duplicate }) => duplicate)).toEqual([false, false, true]);
    expect(await redis.llen(queueKeys(queue).ready)).toBe(2);
  });

  test('of a first send whose answer was lost is no duplicate, and one task', async ({
    redisUrl,
    makeClient,
    client,
    redis,
    queue,
  }) => {
    await using line = await openFaultyLine(redisUrl);
    await using unlucky = makeClient({ redis: line.url });
    await unlucky.enqueue(tick).start({ id: 'before' });
    const lost = line.loseNextAnswer();
    const [given, generated] = await Promise.all([
      unlucky.enqueue(tick).start({ id: 'order-7' }),
      unlucky.enqueue(tick),
      lost,
    ]);
    expect([given.duplicate, generated.duplicate]).toEqual([false, false]);
    expect(await redis.lrange(queueKeys(queue).ready, 0, -1)).toEqual([generated.id, 'order-7', 'before']);
    expect((await client.enqueue(tick).start({ id: 'order-7' })).duplicate).toBe(true);
  });

  test('whose key holds something else is refused alone', async ({ client, redis, queue }) => {
    await redis.lpush(queueKeys(queue).task('taken'), 'a list');
    const settled = await Promise.allSettled([
      client.enqueue(tick).start({ id: 'taken' }),
      client.enqueue(tick).start({ id: 'free' }),
    ]);
    expect(settled).toMatchObject([
      { status: 'rejected', reason: { code: 'Q_ENQUEUE_REFUSED', id: 'taken' } },
      { status: 'fulfilled' },
    ]);
    await redis.del(queueKeys(queue).task('taken'));
  });

  test('that is malformed is refused where it is given', ({ client }) => {
    expect(() => client.enqueue(tick).start({ id: 'two words' })).toThrow(
      expect.objectContaining({ code: 'Q_CONFIG' }),
    );
    expect(() => client.handle(tick, '')).toThrow(expect.objectContaining({ code: 'Q_CONFIG' }));
  });
});

describe('a full Redis', () => {
  test('refuses an enqueue at once, with nothing written and nothing of it in the error', async ({
    startRedis,
    connect,
    makeClient,
    queue,
  }) => {
    const server = await startRedis({ maxmemory: '1mb', args: ['--maxmemory-policy', 'noeviction'] });
    const client = makeClient({ redis: server.url });
    const redis = connect(server.url);
    await redis.set('ballast', 'x'.repeat(1_500_000)).catch(() => undefined);
    const store = task<(value: string) => void>('store');
    const error = await client.send(call(store, 'a-secret-value')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'Q_REDIS_REFUSED', reason: 'OOM', operation: 'enqueue' });
    const { inspect } = await import('node:util');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('a-secret-value');
    expect(await redis.exists(queueKeys(queue).ready)).toBe(0);
  });
});
