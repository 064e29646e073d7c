import {
  type AnyCall,
  type AnyTask,
  type ArgsOf,
  call,
  type ResultOf,
  type Task,
  type TaskResult,
  task,
  typed,
} from '@q/core';
import type { Cluster, Redis } from 'ioredis';
import type { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Builder } from './builder.ts';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import type { AnyHandle, Handle } from './handle.ts';
import type { Status } from './status.ts';

const sleeper = task<(seconds: number) => number>('sleeper', { maxTries: 3, timeout: '30s', ttl: '5m' });
const fetchSize = task('fetch.size', {
  input: z.object({ url: z.url() }),
  output: z.number(),
  errors: { RateLimited: z.object({ retryAfter: z.number() }) },
});
const transformed = task('transformed', {
  input: z.object({ at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
  output: z.date().transform((date) => date.toISOString()),
  errors: { Late: z.object({ by: z.number().transform(String) }) },
});
const double = task<(n: number) => number>('double');
const isEven = task<(n: number) => boolean>('is-even');
const add = task<(a: number, b: number) => number>('add');
const variadic = task<(...numbers: number[]) => number>('variadic');
const locate = task<(q: string) => { url: string; found: boolean }>('locate');
const optional = task('optional', { input: z.string().optional(), output: z.number() });
const mixed = task('mixed', { input: z.string(), output: typed<Map<string, number>>() });
const full = task<(n: number) => number, { Full: { limit: number } }>('full');
const tick = task('tick');
const annotated: Task<(n: number) => string> = task('annotated');
const nested = { double, mail: { send: task('mail.send', { input: z.object({ to: z.email() }) }) } };

declare const q: Client;
declare const signal: AbortSignal;
/** Sees what compiles; nothing of it runs. */
function compiles(_statements: () => unknown): void {}

describe('a client', () => {
  it('is made of a URL, of options, and of an instance of either version of ioredis', () => {
    compiles(() => [
      createClient({ redis: 'redis://localhost:6379', queue: 'default' }),
      createClient({ redis: { host: 'localhost', tls: {} }, deadline: '5s' }),
    ]);
    compiles(
      () => (redis: Redis, cluster: Cluster, redis5: Redis5, cluster5: Cluster5) =>
        [redis, cluster, redis5, cluster5].map((each) => createClient({ redis: each })),
    );
    // @ts-expect-error a client needs a Redis
    compiles(() => createClient({}));
    // @ts-expect-error a client of another library
    compiles(() => createClient({ redis: { sendCommand: () => undefined } }));
    // @ts-expect-error unknown option
    compiles(() => createClient({ redis: 'redis://localhost', que: 'a' }));
  });

  it('is disposed of by `await using`', () => {
    expectTypeOf(q).toExtend<AsyncDisposable>();
  });
});

describe('enqueueing', () => {
  it('takes what the task takes', () => {
    compiles(() => [
      q.enqueue(sleeper, 5),
      q.enqueue(sleeper, 5).start(),
      q.enqueue(tick),
      q.enqueue(add, 1, 2),
      q.enqueue(annotated, 1),
      q.enqueue(full, 1),
    ]);
    compiles(() => [
      q.enqueue(optional),
      q.enqueue(optional, 'x'),
      q.enqueue(variadic, 1, 2, 3),
      q.enqueue(nested.mail.send, { to: 'a@b.c' }),
    ]);
    compiles(() => [q.enqueue(transformed, { at: '2026-01-01' }), q.enqueue(mixed, 'x')]);
    // @ts-expect-error wrong argument
    compiles(() => q.enqueue(double, 'x'));
    // @ts-expect-error missing argument
    compiles(() => q.enqueue(add, 1));
    // @ts-expect-error one too many
    compiles(() => q.enqueue(double, 1, 2));
    // @ts-expect-error missing field
    compiles(() => q.enqueue(fetchSize, {}));
    // @ts-expect-error unknown field
    compiles(() => q.enqueue(fetchSize, { url: '', ur: '' }));
    // @ts-expect-error the producer passes the input form, a string
    compiles(() => q.enqueue(transformed, { at: new Date() }));
    // @ts-expect-error a call is sent, not enqueued
    compiles(() => q.enqueue(call(double, 1)));
    // @ts-expect-error one of two tasks: the argument would have to suit both
    compiles(() => q.enqueue(signal.aborted ? double : locate, 5));
    // @ts-expect-error not a task
    compiles(() => q.enqueue('double', 5));
  });

  it('takes start options that go together', () => {
    compiles(() => [
      q.enqueue(tick).start({ delay: '10s', id: 'order-7', headers: { a: 'b' } }),
      q.enqueue(tick).start({ delay: 500 }),
    ]);
    compiles(() => [
      q.enqueue(tick).start({ schedule: new Date(0) }),
      q.enqueue(tick).start({ schedule: { epochMilliseconds: 0 } }),
    ]);
    // @ts-expect-error delay and schedule
    compiles(() => q.enqueue(tick).start({ delay: '1s', schedule: new Date() }));
    // @ts-expect-error bad unit
    compiles(() => q.enqueue(tick).start({ delay: '10 minutes' }));
    // @ts-expect-error a crontab is no instant
    compiles(() => q.enqueue(tick).start({ schedule: '*/5 * * * *' }));
  });

  it('comes to a handle of its task', () => {
    expectTypeOf<Awaited<Builder<typeof double>>>().toEqualTypeOf<Handle<typeof double>>();
    const returned = async (): Promise<unknown> => q.enqueue(double, 1);
    expectTypeOf(returned).returns.resolves.toBeUnknown();
    const plain = async (): Promise<Handle<typeof double>> => q.enqueue(double, 1).start({ delay: '1s' });
    expectTypeOf(plain).returns.resolves.toEqualTypeOf<Handle<typeof double>>();
  });

  it('takes calls, which are no builders, and builders are no calls', () => {
    compiles(() => q.send(call(sleeper, 1).start({ delay: '1s' })));
    expectTypeOf(q.send<typeof double>).returns.resolves.toEqualTypeOf<Handle<typeof double>>();
    // @ts-expect-error a builder sends itself
    compiles(() => q.send(q.enqueue(double, 1)));
    // @ts-expect-error a bound builder is not a call
    compiles(() => q.enqueueMany([q.enqueue(double, 1)]));
    // @ts-expect-error a call is inert: it is not thenable
    compiles(() => call(double, 1).then);
  });

  it('of many comes to a handle for each', () => {
    const pair = () => q.enqueueMany([call(double, 1), call(isEven, 2).start({ delay: '1m' })]);
    expectTypeOf(pair).returns.resolves.toEqualTypeOf<[Handle<typeof double>, Handle<typeof isEven>]>();
    const listed = () => q.enqueueMany([1, 2, 3].map((n) => call(double, n)));
    expectTypeOf(listed).returns.resolves.toEqualTypeOf<Handle<typeof double>[]>();
    const stored: AnyCall[] = [];
    compiles(() => q.enqueueMany(stored));
  });

  it('by name takes anything and promises nothing', () => {
    const unsafe = async () => (await q.enqueueUnsafe('name', 1, 'two').start({ delay: '1s' })).value();
    expectTypeOf(unsafe).returns.resolves.toBeUnknown();
  });
});

describe('a handle', () => {
  const h = {} as Handle<typeof fetchSize>;

  it('is never thenable', () => {
    expectTypeOf<Awaited<typeof h>>().toEqualTypeOf<Handle<typeof fetchSize>>();
    // @ts-expect-error a handle is not thenable
    compiles(() => h.then);
  });

  it('knows its status, its arguments and its value', () => {
    expectTypeOf(h.status).returns.resolves.toEqualTypeOf<
      'scheduled' | 'queued' | 'running' | 'done' | 'missing'
    >();
    expectTypeOf<Status>().toEqualTypeOf<Awaited<ReturnType<Client['status']>>>();
    expectTypeOf<NonNullable<Awaited<ReturnType<typeof h.info>>>['args']>().toEqualTypeOf<
      readonly [input: { url: string }]
    >();
    expectTypeOf(h.value).returns.resolves.toBeNumber();
    expectTypeOf(h.abort).returns.resolves.toBeBoolean();
    expectTypeOf(q.handle(sleeper, 'id')).toEqualTypeOf<Handle<typeof sleeper>>();
    compiles(() => [
      h.result({ timeout: '10s', signal }),
      h.abort({ timeout: '5s' }),
      q.status(h),
      q.abort('id'),
      h.result({ timeout: undefined }),
    ]);
    // @ts-expect-error a builder that was not awaited is not a handle
    compiles(() => q.status(q.enqueue(tick)));
  });

  it('of any task stands in one list', () => {
    compiles(
      () =>
        (a: Handle<typeof double>, b: Handle<typeof tick>, c: Handle<typeof transformed>): AnyHandle[] => [
          h,
          a,
          b,
          c,
        ],
    );
  });

  it('has a result that success and error.type tell apart', () => {
    const r = {} as TaskResult<typeof fetchSize>;
    if (r.success) {
      expectTypeOf(r.result).toBeNumber();
      expectTypeOf(r.workerId).toBeString();
    } else if (r.error.type === 'RateLimited') {
      expectTypeOf(r.error.data).toEqualTypeOf<{ retryAfter: number }>();
    } else {
      expectTypeOf(r.error.message).toBeString();
      expectTypeOf(r.workerId).toEqualTypeOf<string | null>();
    }
    const late = {} as TaskResult<typeof transformed>;
    if (late.success) expectTypeOf(late.result).toBeString();
    else if (late.error.type === 'Late') expectTypeOf(late.error.data.by).toBeString();
    // @ts-expect-error undeclared error name
    compiles(() => !r.success && r.error.type === 'RateLimitd');
    // @ts-expect-error no data on a built-in failure
    compiles(() => !r.success && r.error.type === 'timeout' && r.error.data);
  });
});

describe('generic code', () => {
  it('over any task keeps its types', () => {
    async function enqueueAndWait<Given extends AnyTask>(
      client: Client,
      which: Given,
      ...args: ArgsOf<Given>
    ): Promise<ResultOf<Given>> {
      const handle = await client.enqueue(which, ...args).start({ delay: 1 });
      const same: Handle<Given> = await client.send(call(which, ...args));
      return same.id === handle.id ? same.value() : handle.value();
    }
    expectTypeOf(enqueueAndWait<typeof double>).returns.resolves.toBeNumber();
  });

  it('is exhaustive over declared and built-in failures', () => {
    function explain(r: TaskResult<typeof fetchSize>): string {
      if (r.success) return String(r.result);
      switch (r.error.type) {
        case 'RateLimited':
          return `wait ${r.error.data.retryAfter}`;
        case 'error':
        case 'timeout':
        case 'aborted':
        case 'dependency':
        case 'expired':
        case 'crashed':
        case 'unroutable':
        case 'invalid':
        case 'unique':
          return r.error.message;
      }
    }
    expectTypeOf(explain).returns.toBeString();
  });
});
