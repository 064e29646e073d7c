import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { task } from './declare-task.ts';
import type { BuiltInFailureType, DeclaredFailure } from './failure.ts';
import type { AnyResult, TaskResult } from './result.ts';
import type { ReadErrorsOf } from './task.ts';
import type { TaskFailedError } from './task-failed-error.ts';

const fetchSize = task('fetch.size', {
  input: z.object({ url: z.url() }),
  output: z.number(),
  errors: { RateLimited: z.object({ retryAfter: z.number() }) },
});
const transformed = task('transformed', { errors: { Late: z.object({ by: z.number().transform(String) }) } });
const double = task<(n: number) => number>('double');

type Fetched = TaskResult<typeof fetchSize>;

/** Exhaustive over declared and built-in failures: a new one stops this from compiling. */
function explain(result: Fetched): string {
  if (result.success) return String(result.result);
  switch (result.error.type) {
    case 'RateLimited':
      return `wait ${result.error.data.retryAfter}`;
    case 'error':
    case 'timeout':
    case 'aborted':
    case 'dependency':
    case 'expired':
    case 'crashed':
    case 'unroutable':
    case 'invalid':
    case 'unique':
      return result.error.message;
  }
}

describe('a result', () => {
  test('is told apart by success', () => {
    expectTypeOf(explain).returns.toEqualTypeOf<string>();
    expectTypeOf<Extract<Fetched, { success: true }>['result']>().toEqualTypeOf<number>();
    expectTypeOf<Extract<Fetched, { success: true }>['workerId']>().toEqualTypeOf<string>();
    expectTypeOf<Extract<Fetched, { success: false }>['workerId']>().toEqualTypeOf<string | null>();
    expectTypeOf<Extract<Fetched, { success: false }>['startedAt']>().toEqualTypeOf<number | null>();
  });

  test('of any task stands in one list', () => {
    expectTypeOf<Fetched>().toExtend<AnyResult>();
    expectTypeOf<TaskResult<typeof double>>().toExtend<AnyResult>();
  });

  test('has the data of a declared error, as the producer reads it', () => {
    type Late = Extract<TaskResult<typeof transformed>, { success: false }>['error'];
    expectTypeOf<Extract<Late, { type: 'Late' }>>().toEqualTypeOf<DeclaredFailure<'Late', { by: string }>>();
  });

  test('has the built-in failures whatever is declared', () => {
    type Type = Extract<Fetched, { success: false }>['error']['type'];
    expectTypeOf<Type>().toEqualTypeOf<BuiltInFailureType | 'RateLimited'>();
    expectTypeOf<
      Extract<TaskResult<typeof double>, { success: false }>['error']['type']
    >().toEqualTypeOf<BuiltInFailureType>();
  });

  test('does not compile where a failure is misread', () => {
    function misread(result: Fetched, failed: TaskFailedError<ReadErrorsOf<typeof fetchSize>>): void {
      // @ts-expect-error undeclared error name
      if (!result.success && result.error.type === 'RateLimitd') result.error;
      // @ts-expect-error no data on a built-in failure
      if (!result.success && result.error.type === 'timeout') result.error.data;
      // @ts-expect-error no result without success
      result.result;
      // @ts-expect-error no error before success is asked
      result.error;
      if (failed.failure.type === 'RateLimited')
        expectTypeOf(failed.failure.data).toEqualTypeOf<{ retryAfter: number }>();
      // @ts-expect-error undeclared error name
      if (failed.failure.type === 'Other') failed.failure;
    }
    expectTypeOf(misread).returns.toBeVoid();
  });
});
