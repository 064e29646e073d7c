import { Worker } from 'node:worker_threads';
import { openRedisPort, type RedisPort, type RedisSource } from '@q/client/port';
import { held, join, newWireId, renew } from '@q/core/wire';
import { test as base, connectionOptions, type FaultyLine, openFaultyLine } from '@q/testkit';
import { Cluster, type Redis } from 'ioredis';
import { describe, expect, onTestFinished } from 'vitest';
import { type RecordedLog, recordedLog } from '../test-support/recorded-log.ts';
import { keepLease, type LeaseKeeper } from './lease-keeper.ts';
import { LeaseLapsedError } from './lease-lapsed-error.ts';
import { StartBoard } from './start-board.ts';

interface Kept {
  readonly port: RedisPort;
  readonly worker: string;
  readonly keeper: LeaseKeeper;
  readonly log: RecordedLog;
  /** What the keeper called back, in order. */
  readonly calls: string[];
  /** Resolves with the reason when the lease is lost. */
  readonly lost: Promise<string>;
}

interface KeptOptions {
  readonly redis?: RedisSource;
  readonly lease?: number;
  readonly maxBlock?: number;
  readonly module?: URL;
}

interface Fixtures {
  readonly kept: (options?: KeptOptions) => Promise<Kept>;
  /** A way to a server that can be cut; closed after the test. */
  readonly cuttable: (url: string) => Promise<FaultyLine>;
}

const test = base.extend<Fixtures>({
  // vitest reads the wanted fixtures from the first parameter, which must therefore be a pattern.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  cuttable: async ({}, use) => {
    const lines: FaultyLine[] = [];
    await use(async (url) => {
      const line = await openFaultyLine(url);
      lines.push(line);
      return line;
    });
    for (const line of lines) line.cut();
  },
  kept: async ({ source, queueName }, use) => {
    const opened: Kept[] = [];
    await use(async ({ redis = source, ...options } = {}) => {
      const one = await keepFor(openRedisPort({ redis, queue: queueName(), purpose: 'test' }), options);
      opened.push(one);
      return one;
    });
    await Promise.all(opened.flatMap(({ keeper, port }) => [keeper.stop(), port.close()]));
  },
});

async function keepFor(port: RedisPort, options: Omit<KeptOptions, 'redis'>): Promise<Kept> {
  const { lease = 1_000, maxBlock = 60_000, module } = options;
  const worker = `test~${newWireId()}`;
  const log = recordedLog();
  const calls: string[] = [];
  await port.run(join, { worker, info: '{}', lease });
  let onLost: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    onLost = resolve;
  });
  const parts = {
    port,
    worker,
    lease,
    maxBlock,
    board: StartBoard.ofSize(4),
    log,
    onAborts: (ids: readonly string[]) => calls.push(`abort ${ids.join(' ')}`),
    onRenewed: () => undefined,
    onLapsed: (reason: string) => {
      calls.push('lapsed');
      onLost(reason);
    },
    runningNames: () => ['image.resize'],
  };
  const keeper = await keepLease(parts, module);
  return { port, worker, keeper, log, calls, lost };
}

function messagesOf({ log }: Kept, part: string): string[] {
  return log.records.map(({ message }) => message).filter((message) => message.includes(part));
}

/** Ms left of a worker's lease; negative when it is over. */
async function leftOfLease(redis: Redis, { port, worker }: Kept): Promise<number> {
  const [[seconds, micros], expiresAt] = await Promise.all([
    redis.time(),
    redis.zscore(port.keys.workers, worker),
  ]);
  return Number(expiresAt ?? Number.NEGATIVE_INFINITY) - (Number(seconds) * 1_000 + Number(micros) / 1_000);
}

/** Often, yet not so often that the thread which is looked at finds no processor. */
const looking = { interval: 5, timeout: 20_000 };

/** Waits, by asking Redis, until the lease ends later than it does now. */
async function nextRenewal(redis: Redis, { port, worker }: Kept): Promise<void> {
  const lease = (): Promise<string | null> => redis.zscore(port.keys.workers, worker);
  await expect.poll(lease, looking).not.toBe(await lease());
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Looks at a lease from another thread while `act` blocks this one. */
async function observed(
  url: string,
  { port, worker }: Kept,
  act: () => void,
): Promise<{ looks: number; lapsed: number }> {
  const counters = new Int32Array(new SharedArrayBuffer(12));
  const workerData = { url, key: port.keys.workers, worker, counters };
  const thread = new Worker(new URL('../test-support/lease-observer.mjs', import.meta.url), {
    workerData,
    execArgv: [],
  });
  const ended = new Promise((resolve) => thread.once('exit', resolve));
  await new Promise((resolve) => thread.once('online', resolve));
  act();
  Atomics.store(counters, 2, 1);
  await ended;
  return { looks: counters[0] ?? 0, lapsed: counters[1] ?? 0 };
}

async function threadsOf(redis: Redis, { port }: Kept): Promise<number> {
  return String(await redis.client('LIST')).split(`name=q:lease:${port.keys.queue} `).length - 1;
}

/** Waits, by asking Redis, until the thread renews: before it is loaded the main loop may. */
async function renewedByThread(redis: Redis, one: Kept): Promise<void> {
  await expect.poll(() => threadsOf(redis, one), looking).toBe(1);
  await nextRenewal(redis, one);
}

/** Waits, by asking Redis, until the thread's connection is gone. */
async function disconnected(redis: Redis, one: Kept): Promise<void> {
  await expect.poll(() => threadsOf(redis, one), looking).toBe(0);
}

describe('keepLease', () => {
  test('the lease is renewed from a connection of its own', async ({ kept, redis }) => {
    const one = await kept();
    await renewedByThread(redis, one);
    await nextRenewal(redis, one);
    expect(await leftOfLease(redis, one)).toBeGreaterThan(500);
    expect(await threadsOf(redis, one)).toBe(1);
    expect(one.log.records).toEqual([]);
  });

  test('the lease is renewed while the main loop is blocked for three leases', async ({
    kept,
    redis,
    redisUrl,
  }) => {
    const one = await kept({ lease: 1_500 });
    await renewedByThread(redis, one);
    const { looks, lapsed } = await observed(redisUrl, one, () => block(4_500));
    expect(looks).toBeGreaterThan(50);
    expect(lapsed).toBe(0);
    const { facts } = await one.log.seen('stood still');
    expect(facts).toMatchObject({ tasks: ['image.resize'] });
    expect(one.calls).toEqual([]);
  });

  test('a main loop that is blocked for longer than maxBlock loses its lease', async ({
    kept,
    redis,
    redisUrl,
  }) => {
    const one = await kept({ lease: 600, maxBlock: 500 });
    await renewedByThread(redis, one);
    const { lapsed } = await observed(redisUrl, one, () => block(2_700));
    expect(lapsed).toBeGreaterThan(10);
  });

  test('a short turn of the loop is not worth a word', async ({ kept, redis }) => {
    const one = await kept();
    block(600);
    await nextRenewal(redis, one);
    expect(one.log.records).toEqual([]);
  });

  test('aborts of what this worker runs are passed on with each renewal, those of others are not', async ({
    kept,
    redis,
  }) => {
    const one = await kept();
    const { keys } = one.port;
    await redis.hset(keys.running, { mine: `${one.worker}|3`, other: 'somebody~else|3' });
    await redis.hset(keys.aborts, { mine: 1, other: 1 });
    await nextRenewal(redis, one);
    await nextRenewal(redis, one);
    expect(new Set(one.calls)).toEqual(new Set(['abort mine']));
  });

  test('a worker that Redis does not know any more has lapsed, once, and is not renewed again', async ({
    kept,
    redis,
  }) => {
    const one = await kept();
    await redis.zrem(one.port.keys.workers, one.worker);
    expect(await one.lost).toContain('lease of 1000 ms');
    expect(one.keeper.lapsed.reason).toBeInstanceOf(LeaseLapsedError);
    await one.keeper.stop();
    expect(one.calls).toEqual(['lapsed']);
    await disconnected(redis, one);
    expect(await redis.zscore(one.port.keys.workers, one.worker)).toBeNull();
  });

  test('stopping ends the connection, keeps what is left of the lease, and may be done twice', async ({
    kept,
    redis,
  }) => {
    const one = await kept();
    await renewedByThread(redis, one);
    await Promise.all([one.keeper.stop(), one.keeper.stop()]);
    await one.keeper.stop();
    await disconnected(redis, one);
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(one.keeper.lapsed.aborted).toBe(false);
    expect(one.calls).toEqual([]);
  });

  test('the first renewal does not wait for its turn', async ({ kept, redis }) => {
    const begunAt = performance.now();
    await nextRenewal(redis, await kept({ lease: 60_000 }));
    expect(performance.now() - begunAt).toBeLessThan(5_000);
  });

  test('in a Cluster too, as the user of the instance that was given', async ({
    kept,
    startRedis,
    connect,
  }) => {
    const server = await startRedis({
      args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--requirepass', 'right'],
    });
    const url = server.url.replace('redis://', 'redis://:right@');
    const redis = connect(url);
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    const cluster = new Cluster([{ host: server.host, port: server.port }], {
      redisOptions: { password: 'right' },
    });
    onTestFinished(() => cluster.disconnect());
    const one = await kept({ redis: cluster, lease: 1_500 });
    await renewedByThread(redis, one);
    const { looks, lapsed } = await observed(url, one, () => block(3_000));
    expect(lapsed).toBe(0);
    expect(looks).toBeGreaterThan(30);
    expect(messagesOf(one, 'no thread renews')).toEqual([]);
  });

  test('a script that Redis forgot is sent anew by the thread itself', async ({ kept, redis, redisUrl }) => {
    const one = await kept({ lease: 1_200 });
    await renewedByThread(redis, one);
    await redis.script('FLUSH');
    const { lapsed } = await observed(redisUrl, one, () => block(2_400));
    expect(lapsed).toBe(0);
  });
});

describe('without a thread', () => {
  test('the main loop renews when the thread crashes, and says so once', async ({ kept, redis }) => {
    const module = new URL(`data:text/javascript,${encodeURIComponent(`throw new Error('boom')`)}`);
    const one = await kept({ module, lease: 600 });
    for (let renewals = 0; renewals < 4; renewals += 1) await nextRenewal(redis, one);
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(one.log.records).toHaveLength(1);
    expect(one.log.records[0]).toMatchObject({ level: 'warn', facts: { error: { message: 'boom' } } });
  });

  test('the main loop renews when the connection cannot be made in a thread', async ({
    kept,
    redis,
    redisUrl,
  }) => {
    const uncloneable = { ...connectionOptions(redisUrl), mark: () => {} };
    const one = await kept({ redis: uncloneable, lease: 600 });
    for (let renewals = 0; renewals < 3; renewals += 1) await nextRenewal(redis, one);
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(await threadsOf(redis, one)).toBe(0);
    expect(messagesOf(one, 'no thread renews')).toHaveLength(1);
  });

  test('the main loop renews when the thread never gets through', async ({ kept, redis }) => {
    const module = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => {}, 1_000)')}`);
    const one = await kept({ module, lease: 600 });
    for (let renewals = 0; renewals < 3; renewals += 1) await nextRenewal(redis, one);
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(one.log.records).toEqual([]);
  });
});

describe('when Redis cannot be asked', () => {
  test('what runs goes on while Redis is frozen for three leases, and the lease is renewed afterwards', async ({
    kept,
    startRedis,
    connect,
  }) => {
    const server = await startRedis();
    const one = await kept({ redis: server.url });
    const redis = connect(server.url);
    await nextRenewal(redis, one);
    await server.pause();
    await one.log.seen('cannot be reached');
    await outlast(3_000);
    await server.resume();
    await one.log.seen('renewed again');
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(one.calls).toEqual([]);
    expect(messagesOf(one, 'cannot be reached')).toHaveLength(1);
  });

  test('a worker that is cut off alone goes on until the first contact tells that others took over', async ({
    kept,
    redisUrl,
    cuttable,
  }) => {
    const line = await cuttable(redisUrl);
    const one = await kept({ redis: line.url });
    const { queue } = one.port.keys;
    const other = openRedisPort({ redis: redisUrl, queue, purpose: 'test' });
    await other.run(join, { worker: 'other', info: '{}', lease: 1_000 });
    line.cut();
    let isKnown = true;
    while (isKnown) {
      await other.run(renew, { worker: 'other', lease: 1_000 });
      isKnown = (await other.run(held, { worker: one.worker })).kind === 'held';
    }
    expect(one.calls).toEqual([]);
    await line.mend();
    await one.lost;
    expect(one.calls).toEqual(['lapsed']);
    await other.close();
  });

  test('a Redis that comes back without its data tells a worker that it has lapsed', async ({
    kept,
    startRedis,
  }) => {
    const server = await startRedis();
    const one = await kept({ redis: server.url });
    await server.restart({ keepData: false });
    await one.lost;
    expect(one.calls).toEqual(['lapsed']);
  });

  test('the thread renews as soon as Redis is back with its data', async ({ kept, startRedis, connect }) => {
    const server = await startRedis({ persistence: 'aof' });
    const one = await kept({ redis: server.url, lease: 60_000 });
    await nextRenewal(connect(server.url), one);
    await server.restart({ keepData: true });
    const readyAt = performance.now();
    await nextRenewal(connect(server.url), one);
    expect(performance.now() - readyAt).toBeLessThan(5_000);
    expect(one.calls).toEqual([]);
  });

  test('a lease that Redis refuses to renew is given up before others may take over', async ({
    kept,
    startRedis,
    connect,
  }) => {
    const server = await startRedis();
    const one = await kept({ redis: server.url, lease: 3_000 });
    const redis = connect(server.url);
    await nextRenewal(redis, one);
    await redis.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
    expect(await one.lost).toContain('refuses');
    expect(await leftOfLease(redis, one)).toBeGreaterThan(0);
    expect(one.calls).toEqual(['lapsed']);
    expect(one.keeper.lapsed.reason).toMatchObject({
      code: 'Q_LEASE_LAPSED',
      cause: { code: 'Q_REDIS_REFUSED' },
    });
  });
});

/** The outage itself is what is tested: there is nothing else to wait for. */
function outlast(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
