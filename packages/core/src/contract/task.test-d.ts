import { type as arktype } from 'arktype';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { task } from './declare-task.ts';
import { typed } from './schema.ts';
import type {
  AnyTask,
  ArgsOf,
  Contract,
  ErrorsOf,
  HandlerArgsOf,
  NoErrors,
  ReadErrorsOf,
  ResultOf,
  ReturnOf,
  Task,
  TypedTask,
  UnknownTask,
} from './task.ts';

const sleeper = task<(seconds: number) => number>('sleeper', { maxTries: 3, timeout: '30s', ttl: '5m' });
const remote = task<(n: number) => Promise<string>>('remote');
const variadic = task<(...numbers: number[]) => number>('variadic');
const mode = task<(n: number) => { kind: 'a' | 'b' }>('mode');
const full = task<(n: number) => number, { Full: { limit: number } }>('full');
const tick = task('tick');
const tock = task('tock', { timeout: '5s' });
const fetchSize = task('fetch.size', {
  input: z.object({ url: z.url() }),
  output: z.number(),
  errors: { RateLimited: z.object({ retryAfter: z.number() }) },
  timeout: '5s',
});
const transformed = task('transformed', {
  input: z.object({ at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
  output: z.date().transform((date) => date.toISOString()),
  errors: { Late: z.object({ by: z.number().transform(String) }) },
});
const onlyInput = task('only.input', { input: v.object({ a: v.string() }) });
const onlyOutput = task('only.output', { output: arktype({ a: 'string' }) });
const mixed = task('mixed', { input: z.string(), output: typed<Map<string, number>>() });
const optional = task('optional', { input: z.string().optional(), output: z.number() });

describe('the signature form', () => {
  test('gives arguments and result', () => {
    expectTypeOf<ArgsOf<typeof sleeper>>().toEqualTypeOf<[seconds: number]>();
    expectTypeOf<HandlerArgsOf<typeof sleeper>>().toEqualTypeOf<[seconds: number]>();
    expectTypeOf<ResultOf<typeof sleeper>>().toEqualTypeOf<number>();
    expectTypeOf<ErrorsOf<typeof sleeper>>().toEqualTypeOf<NoErrors>();
    expectTypeOf<ArgsOf<typeof variadic>>().toEqualTypeOf<number[]>();
    expectTypeOf<ResultOf<typeof mode>>().toEqualTypeOf<{ kind: 'a' | 'b' }>();
    expectTypeOf(sleeper).toEqualTypeOf<Task<(seconds: number) => number>>();
  });

  test('unwraps a promise', () => {
    expectTypeOf<ReturnOf<typeof remote>>().toEqualTypeOf<string>();
    expectTypeOf<ResultOf<typeof remote>>().toEqualTypeOf<string>();
  });

  test('takes declared errors as its second type argument', () => {
    expectTypeOf<ErrorsOf<typeof full>>().toEqualTypeOf<{ Full: { limit: number } }>();
    expectTypeOf<ReadErrorsOf<typeof full>>().toEqualTypeOf<{ Full: { limit: number } }>();
  });

  test('may be left out: no argument, no result', () => {
    expectTypeOf<ArgsOf<typeof tick>>().toEqualTypeOf<[]>();
    expectTypeOf<ResultOf<typeof tick>>().toEqualTypeOf<void>();
    expectTypeOf<ArgsOf<typeof tock>>().toEqualTypeOf<[]>();
  });

  test('is inferred from an annotation, for projects with isolatedDeclarations', () => {
    const annotated: Task<(n: number) => string, NoErrors> = task('annotated');
    expectTypeOf<ArgsOf<typeof annotated>>().toEqualTypeOf<[n: number]>();
  });
});

describe('the schema form', () => {
  test('gives one argument, a result, and errors with data', () => {
    expectTypeOf<ArgsOf<typeof fetchSize>>().toEqualTypeOf<[input: { url: string }]>();
    expectTypeOf<ResultOf<typeof fetchSize>>().toEqualTypeOf<number>();
    expectTypeOf<ErrorsOf<typeof fetchSize>>().toEqualTypeOf<{ RateLimited: { retryAfter: number } }>();
  });

  test('keeps what travels apart from what is read where a schema transforms', () => {
    expectTypeOf<ArgsOf<typeof transformed>>().toEqualTypeOf<
      [input: { at: string; page?: number | undefined }]
    >();
    expectTypeOf<HandlerArgsOf<typeof transformed>>().toEqualTypeOf<[input: { at: Date; page: number }]>();
    expectTypeOf<ReturnOf<typeof transformed>>().toEqualTypeOf<Date>();
    expectTypeOf<ResultOf<typeof transformed>>().toEqualTypeOf<string>();
    expectTypeOf<ErrorsOf<typeof transformed>>().toEqualTypeOf<{ Late: { by: number } }>();
    expectTypeOf<ReadErrorsOf<typeof transformed>>().toEqualTypeOf<{ Late: { by: string } }>();
  });

  test('works with valibot, arktype and typed()', () => {
    expectTypeOf<ArgsOf<typeof onlyInput>>().toEqualTypeOf<[input: { a: string }]>();
    expectTypeOf<ResultOf<typeof onlyInput>>().toEqualTypeOf<void>();
    expectTypeOf<ArgsOf<typeof onlyOutput>>().toEqualTypeOf<[]>();
    expectTypeOf<ResultOf<typeof onlyOutput>>().toEqualTypeOf<{ a: string }>();
    expectTypeOf<ResultOf<typeof mixed>>().toEqualTypeOf<Map<string, number>>();
  });

  test('makes an argument optional that may be undefined', () => {
    expectTypeOf<ArgsOf<typeof optional>>().toEqualTypeOf<[input?: string | undefined]>();
    expectTypeOf<HandlerArgsOf<typeof optional>>().toEqualTypeOf<[input: string | undefined]>();
  });

  test('takes options that are not a fresh literal', () => {
    const options = { input: z.string(), timeout: '5s' } as const;
    const loose = task('loose', options);
    expectTypeOf<ArgsOf<typeof loose>>().toEqualTypeOf<[input: string]>();
  });
});

describe('a task', () => {
  test('stands where any task is wanted, and in a contract to any depth', () => {
    expectTypeOf([sleeper, fetchSize, transformed, full, tick]).toExtend<readonly AnyTask[]>();
    expectTypeOf({ sleeper, mail: { fetchSize, deep: { tick } } }).toExtend<Contract>();
    expectTypeOf<UnknownTask>().toExtend<AnyTask>();
    expectTypeOf<ArgsOf<UnknownTask>>().toEqualTypeOf<unknown[]>();
    expectTypeOf<TypedTask<() => void, NoErrors, () => void, NoErrors>>().toExtend<AnyTask>();
  });

  test('known as one of two takes only what suits both', () => {
    const locate = task<(q: string) => string>('locate');
    const either = Math.random() > 2 ? sleeper : locate;
    expectTypeOf<number>().not.toExtend<ArgsOf<typeof either>[0]>();
    expectTypeOf<string>().not.toExtend<ArgsOf<typeof either>[0]>();
  });

  test('does not compile with a mistake in its options', () => {
    // @ts-expect-error unknown option
    task('bad', { timout: '5s' });
    // @ts-expect-error bad duration
    task('bad', { input: z.string(), timeout: '5 seconds' });
    // @ts-expect-error bad duration, signature form
    task<(n: number) => number>('bad', { timeout: 'soon' });
    // @ts-expect-error not a schema
    task('bad', { input: { url: 'string' } });
    // @ts-expect-error a hand-written signature and a schema would contradict each other
    task<(n: number) => number>('bad', { input: z.number() });
    // @ts-expect-error not a function
    task<number>('bad');
    // @ts-expect-error no name
    task();
    // @ts-expect-error no such option yet
    task('bad', { expire: '5m' });
  });

  test('cannot declare an error that belongs to the queue', () => {
    // @ts-expect-error reserved error name
    task('bad', { errors: { timeout: z.string() } });
    // @ts-expect-error reserved error name, signature form
    task<(n: number) => number, { timeout: string }>('bad');
  });

  test('is read-only', () => {
    // @ts-expect-error a name is for ever
    tick.name = 'tock';
    // @ts-expect-error so are its options
    tick.options.maxTries = 5;
  });
});

describe('a unique task', () => {
  test('needs a timeout', () => {
    task('alone', { unique: true, timeout: '30s' });
    task<(n: number) => string>('alone', { unique: true, timeout: 500 });
    task('alone', { unique: true, timeout: '30s', input: z.string() });
    task('not.alone', { unique: false });
    const unique: boolean = Math.random() > 0.5;
    task('either', { unique, timeout: '30s' });
    // @ts-expect-error a run that hangs would keep all others out
    task('alone', { unique: true });
    // @ts-expect-error null is none
    task<(n: number) => string>('alone', { unique: true, timeout: null });
    // @ts-expect-error it may be true
    task('either', { unique });
  });
});
