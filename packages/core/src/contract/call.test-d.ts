import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type AnyCall, type Call, type CallOf, call, type TaskOf, type TaskRef } from './call.ts';
import { task } from './declare-task.ts';
import type { StartOptions } from './start-options.ts';
import type { AnyTask, ArgsOf } from './task.ts';

const double = task<(n: number) => number>('double');
const isEven = task<(n: number) => boolean>('is-even');
const add = task<(a: number, b: number) => number>('add');
const locate = task<(q: string) => { url: string }>('locate');
const variadic = task<(...numbers: number[]) => number>('variadic');
const tick = task('tick');
const optional = task('optional', { input: z.string().optional() });
const fetchSize = task('fetch.size', { input: z.object({ url: z.url() }) });
const transformed = task('transformed', {
  input: z.object({ at: z.string().transform((text) => new Date(text)) }),
});

describe('durability of a call', () => {
  test('names replicas, and perhaps a time', () => {
    call(tick).start({ durability: { replicas: 1 } });
    call(tick).start({ durability: { replicas: 2, timeout: '500ms' }, delay: '1s', id: 'a' });
    call(tick).start({ durability: null });
  });

  test('does not compile otherwise', () => {
    // @ts-expect-error how many
    call(tick).start({ durability: {} });
    // @ts-expect-error a number of them
    call(tick).start({ durability: { replicas: '1' } });
    // @ts-expect-error not a unit
    call(tick).start({ durability: { replicas: 1, timeout: '5 seconds' } });
    // @ts-expect-error no such option
    call(tick).start({ durability: { replicas: 1, within: '1s' } });
    // @ts-expect-error not a level by name
    call(tick).start({ durability: 'high' });
  });
});

describe('a call', () => {
  test('takes the arguments of its task', () => {
    expectTypeOf(call(double, 1)).toEqualTypeOf<Call<typeof double>>();
    call(add, 1, 2);
    call(variadic);
    call(variadic, 1, 2, 3);
    call(tick);
    call(optional);
    call(optional, 'x');
    call(fetchSize, { url: 'https://x.test' });
    call(transformed, { at: '2026-01-01' });
  });

  test('does not compile with other arguments', () => {
    // @ts-expect-error wrong argument
    call(double, 'x');
    // @ts-expect-error missing argument
    call(add, 1);
    // @ts-expect-error one too many
    call(double, 1, 2);
    // @ts-expect-error none wanted
    call(tick, 1);
    // @ts-expect-error missing field
    call(fetchSize, {});
    // @ts-expect-error unknown field
    call(fetchSize, { url: '', ur: '' });
    // @ts-expect-error the producer passes the input form, a string
    call(transformed, { at: new Date() });
    // @ts-expect-error one of two tasks: the argument would have to suit both
    call(Math.random() > 2 ? double : locate, 5);
    // @ts-expect-error not a task
    call('double', 5);
    // @ts-expect-error a call is no task
    call(call(double, 1));
  });

  test('knows its task, and stands in lists with calls of others', () => {
    expectTypeOf<TaskOf<Call<typeof double>>>().toEqualTypeOf<typeof double>();
    const listed = [1, 2, 3].map((n) => call(double, n));
    expectTypeOf(listed).toEqualTypeOf<Call<typeof double>[]>();
    const stored: AnyCall[] = [
      call(double, 1),
      call(isEven, 2).start({ delay: '1m' }),
      call(fetchSize, { url: '' }),
    ];
    expectTypeOf(stored).items.toHaveProperty('args').toEqualTypeOf<readonly unknown[]>();
  });

  test('keeps its types through generic code', () => {
    function again<T extends AnyTask>(which: T, ...args: ArgsOf<T>): CallOf<T> {
      return call(which, ...args).start({ delay: '1s' });
    }
    expectTypeOf(again(double, 1)).toEqualTypeOf<CallOf<typeof double>>();
  });

  test('is inert', () => {
    // @ts-expect-error it is not thenable
    call(double, 1).then;
    // @ts-expect-error it has no id, so it is no reference to a task
    const ref: TaskRef = call(double, 1);
    expectTypeOf(ref);
    expectTypeOf<Awaited<Call<typeof double>>>().toEqualTypeOf<Call<typeof double>>();
  });
});

describe('start()', () => {
  test('takes a delay, or an instant, or neither', () => {
    expectTypeOf(call(double, 1).start()).toEqualTypeOf<Call<typeof double>>();
    call(double, 1).start({ delay: '10s' });
    call(double, 1).start({ delay: 500 });
    call(double, 1).start({ schedule: new Date(0) });
    call(double, 1).start({ schedule: { epochMilliseconds: 0 } });
    call(double, 1).start({ id: 'order-7', headers: { a: 'b' }, schedule: new Date(0) });
    const options: StartOptions = { id: 'order-7' };
    call(double, 1).start(options);
  });

  test('does not compile with both, or with what is no time', () => {
    // @ts-expect-error delay and schedule
    call(tick).start({ delay: '1s', schedule: new Date() });
    // @ts-expect-error bad unit
    call(tick).start({ delay: '10 minutes' });
    // @ts-expect-error a crontab is no instant
    call(tick).start({ schedule: '*/5 * * * *' });
    // @ts-expect-error a number is no instant
    call(tick).start({ schedule: 0 });
    // @ts-expect-error headers are texts
    call(tick).start({ headers: { a: 1 } });
    // @ts-expect-error no such option
    call(tick).start({ dealy: '1s' });
  });
});
