import { type AnyTask, type NoErrors, task, typed } from '@q/core';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { createWorker, type Worker } from './create-worker.ts';
import type { Handler, TaskContext } from './handlers/handler.ts';
import type { RunningWorker } from './lifecycle.ts';
import { Retry } from './retry/retry.ts';

interface Db {
  get(key: string): Promise<string>;
}
declare function openDb(signal: AbortSignal): Promise<Db & AsyncDisposable>;

const redis = 'redis://localhost:6379';
const sleeper = task<(seconds: number) => number>('sleeper', { maxTries: 3, timeout: '30s' });
const fetchSize = task('fetch.size', {
  input: z.object({ url: z.url() }),
  output: z.number(),
  errors: { RateLimited: z.object({ retryAfter: z.number() }) },
});
const retrying = task<() => boolean>('retrying');
const double = task<(n: number) => number>('double');
const isEven = task<(n: number) => boolean>('is-even');
const add = task<(a: number, b: number) => number>('add');
const variadic = task<(...numbers: number[]) => number>('variadic');
const pair = task<(n: number) => [x: number, y: number]>('pair');
const mode = task<(n: number) => { kind: 'a' | 'b' }>('mode');
const optional = task('optional', { input: z.string().optional(), output: z.number() });
const mixed = task('mixed', { input: z.string(), output: typed<Map<string, number>>() });
const tick = task('tick');
const full = task<(n: number) => number, { Full: { limit: number } }>('full');
const transformed = task('transformed', {
  input: z.object({ at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
  output: z.date().transform((date) => date.toISOString()),
  errors: { Late: z.object({ by: z.number().transform(String) }) },
});
const send = task('mail.send', {
  input: z.object({ to: z.email() }),
  errors: { Bounced: z.object({ code: z.number() }) },
});
const purge = task<(before: Date) => void>('mail.purge');

const contract = { sleeper, fetchSize };
const nested = { double, mail: { send, purge }, deep: { er: { tick } } };

const worker = createWorker({
  redis,
  queue: 'default',
  concurrency: 32,
  tz: 'Europe/Madrid',
  lease: '30s',
  gracePeriod: '25s',
  async *lifespan({ signal }) {
    await using db = await openDb(signal);
    const pool = { run: async (file: string): Promise<number> => file.length };
    yield { db, pool };
  },
});
type Deps = typeof worker extends Worker<infer D> ? D : never;

describe('createWorker', () => {
  test('knows what its lifespan yields', () => {
    expectTypeOf<Deps['pool']>().toEqualTypeOf<{ run: (file: string) => Promise<number> }>();
    expectTypeOf(createWorker({ redis })).toEqualTypeOf<Worker<undefined>>();
    createWorker({ redis, lifespan: outside }).handle(tick, async (ctx) => void (await ctx.deps.db.get('x')));
    createWorker({
      redis,
      lifespan: async function* () {
        yield { n: 1 };
      },
    }).handle(double, (ctx) => ctx.deps.n);
    async function* outside(context: { signal: AbortSignal }) {
      yield { db: await openDb(context.signal) };
    }
  });

  test('gives a worker that runs', () => {
    expectTypeOf<ReturnType<typeof worker.start>>().resolves.toEqualTypeOf<RunningWorker>();
    expectTypeOf<ReturnType<typeof worker.run>>().resolves.toBeVoid();
    expectTypeOf<RunningWorker>().toExtend<AsyncDisposable>();
  });

  test('does not compile with options that do not exist, or a lifespan that does not yield', () => {
    // @ts-expect-error unknown option
    createWorker({ redis, concurency: 3 });
    // @ts-expect-error bad duration
    createWorker({ redis, lease: '30 seconds' });
    // @ts-expect-error no Redis
    createWorker({ queue: 'x' });
    // @ts-expect-error a lifespan yields; it does not return its deps
    createWorker({ redis, lifespan: async () => ({ db: 1 }) });
  });
});

describe('a handler', () => {
  test('receives the context and the arguments of its task', () => {
    worker.handle(sleeper, async (ctx, seconds) => {
      expectTypeOf(seconds).toBeNumber();
      expectTypeOf(ctx).toEqualTypeOf<TaskContext<Deps, NoErrors>>();
      await ctx.sleep(seconds * 1000);
      return seconds;
    });
    worker.handle(retrying, async (ctx) => {
      if (ctx.tries < 3) throw new Retry('again', { delay: '1s' });
      return true;
    });
    worker.handle(double, (_ctx, n) => n * 2);
    worker.handle(double, (ctx, file) => ctx.deps.pool.run(String(file)));
    worker.handle(variadic, (_ctx, ...numbers) => numbers.length);
    worker.handle(optional, (_ctx, text) => text?.length ?? 0);
    worker.handle(mixed, () => new Map([['a', 1]]));
    worker.handle(add, (ctx, a, b) => {
      ctx.log.info({ a, b });
      return a + b;
    });
  });

  test('keeps literals and tuples in what it returns', () => {
    worker.handle(pair, async (_ctx, n) => [n, n]);
    worker.handle(pair, (_ctx, n) => [n, n]);
    worker.handle(mode, async (_ctx, n) => ({ kind: n > 1 ? 'a' : 'b' }));
    worker.handle(mode, async (_ctx, n) => {
      if (n > 1) return { kind: 'a' };
      return { kind: 'b' };
    });
    worker.implement(
      { pair, deep: { mode } },
      { pair: async (_ctx, n) => [n, n], deep: { mode: async () => ({ kind: 'a' }) } },
    );
    worker.handle(tick, () => {});
    worker.handle(tick, async () => {});
  });

  test('raises declared errors, retries and enqueues', () => {
    worker.handle(fetchSize, async (ctx, { url }) => {
      const response = await fetch(url, { signal: ctx.signal });
      if (response.status === 429) throw ctx.fail('RateLimited', { retryAfter: 3 });
      if (!response.ok) throw ctx.retry({ delay: '10s' });
      await ctx.enqueue(double, 2).start({ delay: '1s' });
      await helper(ctx);
      return (await response.text()).length;
    });
    worker.handle(full, (ctx, n) => (n > 9 ? ctx.fail('Full', { limit: 9 }) : n));
    async function helper(ctx: TaskContext<{ db: Db }>): Promise<void> {
      await ctx.deps.db.get(ctx.id);
    }
  });

  test('sees the parsed input, and returns the form that the output schema takes', () => {
    worker.handle(transformed, async (ctx, { at, page }) => {
      expectTypeOf(at).toEqualTypeOf<Date>();
      expectTypeOf(page).toBeNumber();
      if (page > 9) return ctx.fail('Late', { by: 3 });
      return at;
    });
  });

  test('can be written apart, and passed through generic code', () => {
    const defined: Handler<typeof fetchSize, Deps> = async (ctx, { url }) =>
      (await ctx.deps.db.get(url)).length;
    worker.handle(fetchSize, defined);
    traced(worker, mode, async (_ctx, n) => ({ kind: n > 1 ? 'a' : 'b' }));
    function traced<T extends AnyTask, D>(w: Worker<D>, which: T, handler: Handler<T, D>): void {
      w.handle(which, handler);
    }
  });

  test('does not compile with another result', () => {
    // @ts-expect-error returns a string
    worker.handle(double, async (_ctx, n) => String(n));
    // @ts-expect-error returns a string, from a block
    worker.handle(double, async (_ctx, n) => {
      const text = String(n);
      return text;
    });
    // @ts-expect-error one path returns nothing
    worker.handle(double, async (_ctx, n) => {
      if (n > 1) return n;
    });
    // @ts-expect-error a task without a result returns nothing
    worker.handle(tick, async () => 5);
    // @ts-expect-error the output form is what a producer reads, not what a handler returns
    worker.handle(transformed, async (_ctx, { at }) => at.toISOString());
    // @ts-expect-error no such literal
    worker.handle(mode, async () => ({ kind: 'c' }));
  });

  test('does not compile with other arguments', () => {
    // @ts-expect-error more parameters than arguments
    worker.handle(double, async (_ctx, n, _m) => n);
    // @ts-expect-error the argument is a number
    worker.handle(double, async (_ctx, n: string) => n.length);
    worker.handle(double, async (ctx) => {
      // @ts-expect-error wrong argument of a child task
      await ctx.enqueue(isEven, 'x');
      return 1;
    });
  });

  test('does not compile with errors or dependencies that were not declared', () => {
    // @ts-expect-error undeclared error
    worker.handle(fetchSize, async (ctx) => ctx.fail('Nope', {}));
    // @ts-expect-error a task without declared errors
    worker.handle(double, async (ctx) => ctx.fail('RateLimited', { retryAfter: 1 }));
    // @ts-expect-error wrong data
    worker.handle(fetchSize, async (ctx) => ctx.fail('RateLimited', { retryAfter: '1' }));
    // @ts-expect-error no such dependency
    worker.handle(double, (ctx) => ctx.deps.mailer);
  });
});

describe('implement', () => {
  test('takes one handler for each task, in the shape of the contract', () => {
    worker.implement(contract, {
      sleeper: async (_ctx, seconds) => seconds,
      fetchSize: async (_ctx, { url }) => url.length,
    });
    worker.implement(nested, {
      double: (_ctx, n) => n,
      mail: {
        send: async (ctx, { to }) => {
          if (to === '') throw ctx.fail('Bounced', { code: 1 });
          await ctx.deps.db.get(to);
        },
        purge: (_ctx, before) => {
          before.getTime();
        },
      },
      deep: { er: { tick: () => {} } },
    });
  });

  test('does not compile with a handler missing, mistyped or too many', () => {
    // @ts-expect-error fetchSize has no handler
    worker.implement(contract, { sleeper: async (_ctx, seconds) => seconds });
    worker.implement(contract, {
      // @ts-expect-error mistyped handler
      sleeper: async (_ctx, seconds) => String(seconds),
      fetchSize: async () => 1,
    });
    worker.implement(contract, {
      sleeper: async (_ctx, seconds) => seconds,
      fetchSize: async () => 1,
      // @ts-expect-error a handler without a task
      more: () => 1,
    });
    worker.implement(nested, {
      double: (_ctx, n) => n,
      // @ts-expect-error mail.purge has no handler
      mail: { send: async () => {} },
      deep: { er: { tick: () => {} } },
    });
  });
});

describe('cron', () => {
  test('takes a crontab, a name and a handler', () => {
    worker.cron(
      '30 9 * * mon-fri',
      'greet',
      async (ctx) => {
        await ctx.sleep('1s');
        expectTypeOf(ctx).toEqualTypeOf<TaskContext<Deps>>();
      },
      { tz: 'UTC', maxScheduleDrift: '5m', unique: true, timeout: '1m' },
    );
    worker.cron('@daily', 'clean', (ctx) => {
      ctx.log.info({});
    });
    const fromConfig: string = '* * * * *';
    worker.cron(fromConfig, 'configured', () => {});
  });

  test('does not compile with tab and name exchanged', () => {
    // @ts-expect-error name and tab have changed places
    worker.cron('greet', '30 9 * * mon-fri', async () => {});
  });
});
