import { describe, expect, it } from 'vitest';
import { TaskFailedError } from './contract/task-failed-error.ts';
import {
  ConfigError,
  InvalidInputError,
  InvalidResultError,
  PayloadMalformedError,
  PayloadNotEncodableError,
  PayloadTooLargeError,
  ProtocolError,
  QueueError,
  QueueUnavailableError,
} from './errors.ts';

const issue = { path: 'card.number', message: 'expected digits, got "4111"' };

describe('an error', () => {
  it.each([
    [new ConfigError('x'), 'ConfigError', 'Q_CONFIG'],
    [new ProtocolError('x'), 'ProtocolError', 'Q_PROTOCOL'],
    [new PayloadNotEncodableError('args[0]', 'x'), 'PayloadNotEncodableError', 'Q_NOT_ENCODABLE'],
    [new PayloadTooLargeError('args', 2, 1), 'PayloadTooLargeError', 'Q_PAYLOAD_TOO_LARGE'],
    [new PayloadMalformedError('x'), 'PayloadMalformedError', 'Q_MALFORMED'],
    [new InvalidInputError('pay', [issue]), 'InvalidInputError', 'Q_INVALID_INPUT'],
    [new InvalidResultError('pay', 'result', [issue]), 'InvalidResultError', 'Q_INVALID_RESULT'],
    [
      new QueueUnavailableError({ id: null, queue: 'default', after: 1 }),
      'QueueUnavailableError',
      'Q_REDIS_UNAVAILABLE',
    ],
    [
      new TaskFailedError({ id: '1', task: 'pay', failure: { type: 'timeout', name: 'x', message: 'y' } }),
      'TaskFailedError',
      'TASK_FAILED',
    ],
  ])('%s has a name and a stable code', (error, name, code) => {
    expect(error).toBeInstanceOf(QueueError);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(String(error)).toMatch(new RegExp(`^${name}: `));
  });

  it('keeps its cause', () => {
    const cause = new Error('why');
    expect(new ConfigError('x', { cause }).cause).toBe(cause);
    expect(new QueueUnavailableError({ id: null, queue: 'q', after: 1 }, { cause }).cause).toBe(cause);
    expect(new InvalidInputError('pay', [], { cause }).cause).toBe(cause);
    expect('cause' in new ConfigError('x')).toBe(false);
  });

  it('about a payload says where it is, never what it holds', () => {
    for (const error of [
      new InvalidInputError('pay', [issue]),
      new InvalidResultError('pay', 'result', [issue]),
    ]) {
      expect(error.message).toContain('at card.number');
      expect(error.message).not.toContain('4111');
      expect(error.issues).toEqual([issue]);
    }
  });

  it('about many places names a few and counts the rest', () => {
    const issues = Array.from({ length: 12 }, (_, index) => ({ path: `[${index}]`, message: '' }));
    expect(new InvalidInputError('pay', [...issues, ...issues]).message).toContain(
      'at [0], [1], [2], [3], [4] and 7 more places',
    );
  });

  it('about a long path keeps all of it as a field, and a part in the message', () => {
    const path = 'a'.repeat(5_000);
    const error = new PayloadNotEncodableError(path, 'x');
    expect(error.path).toBe(path);
    expect(error.message.length).toBeLessThan(300);
  });

  it('about an unreachable Redis says how to go on without a second task', () => {
    const error = new QueueUnavailableError({ id: 'order-7', queue: 'default', after: 10_000 });
    expect(error).toMatchObject({ id: 'order-7', queue: 'default', after: 10_000 });
    expect(error.message).toContain(
      'within 10000 ms; task order-7 may have been stored; enqueueing it again with the same id',
    );
    expect(new QueueUnavailableError({ id: null, queue: 'default', after: 1 }).message).not.toContain('null');
  });
});

describe('TaskFailedError', () => {
  it('names the task, its id, the type of the failure and its message', () => {
    const failure = { type: 'RateLimited', data: { retryAfter: 3 }, message: 'wait' } as const;
    const error = new TaskFailedError<{ RateLimited: { retryAfter: number } }>({
      id: 'id-1',
      task: 'fetch.size',
      failure,
    });
    expect(error).toMatchObject({ id: 'id-1', task: 'fetch.size', failure });
    expect(error.message).toBe('task "fetch.size" (id-1) failed with "RateLimited": wait');
    expect(error.cause).toBeUndefined();
  });

  it("has the worker's error as its cause, with the worker's stack", () => {
    const failure = {
      type: 'error',
      name: 'TypeError',
      message: 'boom',
      stack: 'TypeError: boom\n at there',
      cause: 'deeper',
    } as const;
    const error = new TaskFailedError({ id: 'id-1', task: 'x', failure });
    expect(error.cause).toMatchObject({
      name: 'TypeError',
      message: 'boom',
      stack: failure.stack,
      cause: 'deeper',
    });
  });
});
