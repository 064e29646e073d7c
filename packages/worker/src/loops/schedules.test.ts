import type { RedisSource } from '@q/client';
import { openRedisPort, type RedisPort } from '@q/client/port';
import { decodeTaskValue, join, newWireId, uniqueLock } from '@q/core/wire';
import { test as base } from '@q/testkit';
import { describe, expect, onTestFinished, vi } from 'vitest';
import type { Logger } from '../log.ts';
import { nextFire } from '../schedules/next-fire.ts';
import { createSchedule, type Schedule } from '../schedules/schedule.ts';
import { type LoopOptions, runLoop } from './run-loop.ts';
import { schedulesPass } from './schedules.ts';

interface Carrier {
  readonly worker: string;
  readonly port: RedisPort;
  /** One round; rejects with what the loop would log. */
  readonly pass: () => Promise<number>;
  readonly loop: LoopOptions;
}

interface CarrierOptions {
  readonly queue: string;
  readonly schedules: readonly Schedule[];
  /** Ms by which the clock of its process is wrong. */
  readonly skew?: number;
  /** Ms after the others. */
  readonly startedLater?: number;
  /** What is logged as an error; without it there must be none. */
  readonly onError?: (facts: object) => void;
}

interface Carriers {
  readonly carrier: (options: CarrierOptions) => Promise<Carrier>;
  /** On another server. */
  readonly carrierOn: (redis: RedisSource, options: CarrierOptions) => Promise<Carrier>;
}

const test = base.extend<Carriers>({
  carrier: async ({ source, carrierOn }, use) => use((options) => carrierOn(source, options)),
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
  carrierOn: async ({}, use) => {
    const ports: RedisPort[] = [];
    await use(async (redis, { queue, schedules, skew = 0, startedLater = 0, onError = refuseError }) => {
      const port = withSkew(skew, () => openRedisPort({ redis, queue, purpose: 'test' }));
      ports.push(port);
      expect(Math.abs(port.clock.now() - Date.now() - skew)).toBeLessThan(500);
      const worker = `test~${newWireId()}`;
      const { now } = await port.run(join, { worker, info: '{}', lease: 30_000 });
      const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: onError };
      const loop = schedulesPass({ port, worker, startedAt: now + startedLater, schedules, log });
      return { worker, port, loop, pass: () => loop.pass(new AbortController().signal) };
    });
    await Promise.all(ports.map((port) => port.close()));
  },
});

function refuseError(facts: object): void {
  throw new Error('the loop logged an error', { cause: facts });
}

function withSkew<Value>(skew: number, open: () => Value): Value {
  const real = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + skew);
  try {
    return open();
  } finally {
    clock.mockRestore();
  }
}

const yearly = { name: 'yearly', tab: '@yearly', tz: 'UTC', maxDrift: null, unique: false, ttl: 300_000 };
const startOfYear = (now: number, later = 0): number =>
  Date.UTC(new Date(now).getUTCFullYear() + later, 0, 1);

describe('schedulesPass', () => {
  test('the first round defines a schedule with its next slot and fires nothing', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const { port, pass } = await carrier({ queue: queueName(), schedules: [createSchedule(yearly)] });
    const rest = await pass();
    const due = Number(await redis.zscore(port.keys.schedulesDue, 'yearly'));
    expect(due).toBe(startOfYear(port.clock.now(), 1));
    expect(rest).toBeLessThanOrEqual(60_000);
    expect(await redis.llen(port.keys.ready)).toBe(0);
  });

  test('a schedule that is due is enqueued under its name and slot and moves on to its next slot', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const { port, pass } = await carrier({ queue: queueName(), schedules: [createSchedule(yearly)] });
    await pass();
    const slot = startOfYear(port.clock.now());
    await redis.zadd(port.keys.schedulesDue, slot, 'yearly');
    await (await carrier({ queue: port.keys.queue, schedules: [createSchedule(yearly)] })).pass();
    expect(await redis.lrange(port.keys.ready, 0, -1)).toEqual([`cron:yearly:${slot}`]);
    expect(Number(await redis.zscore(port.keys.schedulesDue, 'yearly'))).toBe(startOfYear(slot, 1));
    const value = decodeTaskValue(
      (await redis.getBuffer(port.keys.task(`cron:yearly:${slot}`))) ?? Buffer.alloc(0),
    );
    expect(value).toMatchObject({
      kind: 'pending',
      state: 'q',
      lockMode: '',
      lock: '',
      ttl: 300_000,
      envelope: { name: 'yearly' },
    });
  });

  test('the occurrence of a unique schedule is skipped by whoever claims it while an earlier one runs', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const schedules = [createSchedule({ ...yearly, unique: true, ttl: null })];
    const { port, pass } = await carrier({ queue: queueName(), schedules });
    await pass();
    const slot = startOfYear(port.clock.now());
    await redis.zadd(port.keys.schedulesDue, slot, 'yearly');
    await (await carrier({ queue: port.keys.queue, schedules })).pass();
    const value = decodeTaskValue(
      (await redis.getBuffer(port.keys.task(`cron:yearly:${slot}`))) ?? Buffer.alloc(0),
    );
    expect(value).toMatchObject({ kind: 'pending', lockMode: 's', lock: uniqueLock('yearly'), ttl: null });
  });

  test('slots that were missed while no worker lived collapse into the latest', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const first = await carrier({ queue: queueName(), schedules: [createSchedule(yearly)] });
    await first.pass();
    const { keys, clock } = first.port;
    const latest = startOfYear(clock.now());
    await redis.zadd(keys.schedulesDue, startOfYear(latest, -3), 'yearly');
    const second = await carrier({ queue: keys.queue, schedules: [createSchedule(yearly)] });
    await second.pass();
    await second.pass();
    expect(await redis.lrange(keys.ready, 0, -1)).toEqual([`cron:yearly:${latest}`]);
    expect(Number(await redis.zscore(keys.schedulesDue, 'yearly'))).toBe(startOfYear(latest, 1));
  });

  test('a slot missed by more than the allowed drift is passed over', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const strict = createSchedule({ ...yearly, maxDrift: 1_000 });
    const first = await carrier({ queue: queueName(), schedules: [strict] });
    await first.pass();
    const { keys } = first.port;
    const next = Number(await redis.zscore(keys.schedulesDue, 'yearly'));
    await redis.zadd(keys.schedulesDue, startOfYear(next, -1), 'yearly');
    await (await carrier({ queue: keys.queue, schedules: [strict] })).pass();
    expect(await redis.exists(keys.ready)).toBe(0);
    expect(Number(await redis.zscore(keys.schedulesDue, 'yearly'))).toBe(next);
  });

  test('a unique schedule passes a slot over while the occurrence before it is unfinished', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const schedules = [createSchedule({ ...yearly, unique: true })];
    const { port, pass } = await carrier({ queue: queueName(), schedules });
    await pass();
    const { keys } = port;
    const slot = startOfYear(port.clock.now());
    const before = slot - 86_400_000;
    await redis.hset(keys.schedulesLast, 'yearly', before);
    await redis.set(keys.task(`cron:yearly:${before}`), 'q;;;;;;\n');
    await redis.zadd(keys.schedulesDue, slot, 'yearly');
    await (await carrier({ queue: keys.queue, schedules })).pass();
    expect(await redis.exists(keys.ready)).toBe(0);
    expect(Number(await redis.zscore(keys.schedulesDue, 'yearly'))).toBe(startOfYear(slot, 1));
  });

  test('the definition of the worker that started last holds while that worker lives', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const queue = queueName();
    const older = await carrier({ queue, schedules: [createSchedule(yearly)] });
    const newer = await carrier({
      queue,
      schedules: [createSchedule({ ...yearly, tab: '0 0 29 2 *' })],
      startedLater: 60_000,
    });
    await older.pass();
    await newer.pass();
    const { keys } = older.port;
    const leapDay = Number(await redis.zscore(keys.schedulesDue, 'yearly'));
    expect(leapDay).toBe(nextFire('0 0 29 2 *', 'UTC', older.port.clock.now()));
    const again = await carrier({ queue, schedules: [createSchedule(yearly)] });
    const rest = await again.pass();
    expect(rest).toBeGreaterThan(40_000);
    expect(Number(await redis.zscore(keys.schedulesDue, 'yearly'))).toBe(leapDay);
    await redis.zrem(keys.workers, newer.worker);
    await (await carrier({ queue, schedules: [createSchedule(yearly)] })).pass();
    expect(Number(await redis.zscore(keys.schedulesDue, 'yearly'))).toBeLessThan(leapDay);
  });

  test('a schedule that Redis lost is defined again when it is due', async ({
    redis,
    queueName,
    carrier,
  }) => {
    const schedules = [createSchedule({ ...yearly, name: 'tick', tab: '* * * * * *' })];
    const { port, loop } = await carrier({ queue: queueName(), schedules });
    const stop = new AbortController();
    const running = runLoop(loop, stop.signal);
    await redis.brpop(port.keys.ready, 5);
    await redis.del(port.keys.schedules, port.keys.schedulesDue, port.keys.schedulesLast);
    expect(await redis.brpop(port.keys.ready, 5)).not.toBeNull();
    expect(await redis.brpop(port.keys.ready, 5)).not.toBeNull();
    stop.abort();
    await running;
  });

  test('a slot whose firing Redis has forgotten is fired again once it is back', { timeout: 30_000 }, async ({
    startRedis,
    connect,
    queueName,
    carrierOn,
  }) => {
    // What is written between `SAVE` and the crash is lost.
    const server = await startRedis({ persistence: 'aof', args: ['--appendonly', 'no'] });
    const redis = connect(server.url);
    const options = { queue: queueName(), schedules: [createSchedule(yearly)] };
    const { port, pass } = await carrierOn(server.url, options);
    await pass();
    const slot = startOfYear(port.clock.now());
    await redis.zadd(port.keys.schedulesDue, slot, 'yearly');
    await redis.save();
    const { loop } = await carrierOn(server.url, options);
    const stop = new AbortController();
    const running = runLoop(loop, stop.signal);
    // Taken from the list, so that what stands in it after the restart has been fired since.
    const takeFired = async (): Promise<string | null> => await redis.rpop(port.keys.ready);
    await expect.poll(takeFired, { timeout: 10_000 }).toBe(`cron:yearly:${slot}`);
    await server.restart();
    await expect.poll(takeFired, { timeout: 10_000 }).toBe(`cron:yearly:${slot}`);
    stop.abort();
    await running;
  });

  test('a full Redis, which takes no definition, takes slots', { timeout: 20_000 }, async ({
    startRedis,
    connect,
    queueName,
    carrierOn,
  }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    const errors: object[] = [];
    const { port, pass } = await carrierOn(server.url, {
      queue: queueName(),
      schedules: [createSchedule({ ...yearly, name: 'tick', tab: '* * * * * *' })],
      onError: (facts) => errors.push(facts),
    });
    await pass();
    await redis.config('SET', 'maxmemory', '1');
    const real = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => real() + 400_000);
    onTestFinished(() => later.mockRestore());
    const fired = async (): Promise<number> => {
      await pass();
      return await redis.llen(port.keys.ready);
    };
    await expect.poll(fired, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(errors).toContainEqual(
      expect.objectContaining({
        error: expect.objectContaining({ message: expect.stringContaining('OOM') }),
      }),
    );
  });

  test('a schedule that Redis refuses does not hold up another', async ({ redis, queueName, carrier }) => {
    const errors: object[] = [];
    const options = {
      queue: queueName(),
      schedules: [createSchedule(yearly), createSchedule({ ...yearly, name: 'other' })],
      onError: (facts: object) => errors.push(facts),
    };
    const { port, pass } = await carrier(options);
    await pass();
    const slot = startOfYear(port.clock.now());
    await redis.zadd(port.keys.schedulesDue, slot, 'yearly', slot, 'other');
    const before = slot - 86_400_000;
    await redis.hset(port.keys.schedulesLast, 'yearly', before);
    await redis.lpush(port.keys.task(`cron:yearly:${before}`), 'of a wrong type');
    await (await carrier(options)).pass();
    expect(await redis.lrange(port.keys.ready, 0, -1)).toContain(`cron:other:${slot}`);
    expect(errors).toMatchObject([{ schedule: 'yearly' }]);
  });

  test('seven workers with clocks up to 90 s wrong fire each slot once', { timeout: 30_000 }, async ({
    redis,
    queueName,
    carrier,
  }) => {
    const queue = queueName();
    const schedules = [createSchedule({ ...yearly, name: 'tick', tab: '* * * * * *' })];
    const skews = [0, 90_000, -90_000, 45_000, -45_000, 1_000, -1_000];
    const carriers = await Promise.all(skews.map((skew) => carrier({ queue, schedules, skew })));
    // Nor is the clock of this process asked while they run.
    const real = Date.now;
    const wrong = vi.spyOn(Date, 'now').mockImplementation(() => real() - 90_000);
    onTestFinished(() => wrong.mockRestore());
    const running = carriers.map(({ loop }) => {
      const stop = new AbortController();
      return { stop, ended: runLoop(loop, stop.signal) };
    });
    const { keys, clock } = carriers[0]?.port ?? expect.unreachable();
    const fired: string[] = [];
    while (fired.length < 6) {
      const popped = await redis.brpop(keys.ready, 5);
      if (popped === null) break;
      fired.push(popped[1]);
    }
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
    fired.push(...(await redis.lrange(keys.ready, 0, -1)));
    const slots = fired.map((id) => Number(id.replace('cron:tick:', '')));
    const first = slots[0] ?? 0;
    expect(slots).toEqual(slots.map((_, index) => first + 1_000 * index));
    expect(slots.length).toBeGreaterThanOrEqual(6);
    expect(Math.abs(clock.now() - (slots.at(-1) ?? 0))).toBeLessThan(2_000);
  });
});
