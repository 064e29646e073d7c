import { ConfigError, task } from '@q/core';
import { describe, expect } from 'vitest';
import { LifespanError } from '../errors.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const work = task<() => string>('work');

describe('a lifespan', () => {
  test.for([() => 1, () => undefined, async () => ({ db: 1 }), () => [1][Symbol.iterator]()])(
    'that is no async generator is refused by name: %s',
    async (lifespan, { rig }) => {
      const worker = rig.worker({ lifespan: lifespan as never }).handle(work, () => 'x');
      const failure = await worker.start().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigError);
      expect(failure).toMatchObject({
        code: 'Q_CONFIG',
        message: expect.stringMatching(
          /^worker option "lifespan" must be an async generator function, such as /,
        ),
      });
    },
  );

  test('is set up before the first claim and torn down after the last handler', async ({ rig }) => {
    const events: string[] = [];
    const started = deferred();
    const worker = rig.worker({
      async *lifespan({ signal, log, client, workerId }) {
        signal.addEventListener('abort', () => events.push('stopping'));
        events.push(`set-up of ${typeof client.enqueue} ${typeof log.info} ${/~[\w-]{10}$/.test(workerId)}`);
        try {
          yield { greeting: 'hello' };
        } finally {
          events.push('tear-down');
        }
      },
    });
    worker.handle(work, async (ctx) => {
      events.push('handler');
      started.resolve();
      await ctx.sleep(30);
      events.push('handler ended');
      return ctx.deps.greeting;
    });
    const handle = await rig.client.enqueue(work);
    const running = await worker.start();
    await started.promise;
    await running.stop();
    expect(await handle.value()).toBe('hello');
    expect(events).toEqual([
      'set-up of function function true',
      'handler',
      'stopping',
      'handler ended',
      'tear-down',
    ]);
  });

  test('whose set-up fails rejects start() and leaves the queue untouched', async ({ rig, redis }) => {
    const worker = rig.worker({
      // biome-ignore lint/correctness/useYield: it throws before.
      async *lifespan(): AsyncGenerator<never, void, undefined> {
        throw new TypeError('no database');
      },
    });
    worker.handle(work, () => 'x');
    await expect(worker.start()).rejects.toThrow(TypeError);
    expect(await redis.keys(`q:{${rig.queue}}:*`)).toEqual([]);
  });

  test('that yields nothing is refused, and its tear-down has run', async ({ rig, redis }) => {
    const worker = rig.worker({
      async *lifespan(): AsyncGenerator<never, void, undefined> {},
    });
    await expect(worker.handle(work, () => 'x').start()).rejects.toThrow(LifespanError);
    expect(await redis.keys(`q:{${rig.queue}}:*`)).toEqual([]);
  });

  test('that yields twice is torn down, and that is said', async ({ rig }) => {
    const events: string[] = [];
    const worker = rig.worker({
      async *lifespan() {
        try {
          yield 1;
          yield 2;
        } finally {
          events.push('tear-down');
        }
      },
    });
    const running = await worker.handle(work, () => 'x').start();
    await running.stop();
    expect(events).toEqual(['tear-down']);
    expect((await rig.log.seen('tear-down of the lifespan failed')).facts['error']).toBeInstanceOf(
      LifespanError,
    );
  });

  test('is torn down when the start fails after it', async ({ startRedis, rigOn, connect }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    await connect(url).hset(`q:{${rig.queue}}:meta`, 'protocol', '999');
    const events: string[] = [];
    const worker = rig.worker({
      async *lifespan() {
        yield 1;
        events.push('tear-down');
      },
    });
    await expect(worker.handle(work, () => 'x').start()).rejects.toMatchObject({
      code: 'Q_INCOMPATIBLE',
      protocol: 999,
    });
    expect(events).toEqual(['tear-down']);
  });

  test('whose tear-down hangs does not hold up stop()', async ({ rig }) => {
    const worker = rig.worker({
      async *lifespan() {
        yield 1;
        await new Promise(() => undefined);
      },
    });
    const running = await worker.handle(work, () => 'x').start();
    const begun = performance.now();
    await running.stop({ gracePeriod: 0 });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

describe('a server that may delete tasks', () => {
  test('is refused at start unless that is allowed', async ({ startRedis, rigOn }) => {
    const { url } = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    const rig = rigOn(url);
    const refused = rig.worker().handle(work, () => 'x');
    await expect(refused.start()).rejects.toMatchObject({ code: 'Q_EVICTION_POLICY', policy: 'allkeys-lru' });
    await rig.start(rig.worker({ allowEviction: true }).handle(work, () => 'x'));
    expect(await (await rig.client.enqueue(work)).value({ timeout: '5s' })).toBe('x');
  });
});
