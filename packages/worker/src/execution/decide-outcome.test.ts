import type { TriesRecord } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { Retry } from '../retry/retry.ts';
import { decideOutcome, type Outcome } from './decide-outcome.ts';
import { DeclaredError, type Run } from './run.ts';

const now = 1_000_000;
const boom = new Error('boom');

function record(facts: Partial<TriesRecord> = {}): TriesRecord {
  return { tries: 0, attempts: 0, crashes: 0, firstUnknownAt: null, ...facts };
}

function decide(run: Run, tries: Partial<TriesRecord> = {}, maxTries: number | null = 3): Outcome {
  return decideOutcome(run, { tries: record(tries), maxTries }, now);
}

describe('decideOutcome', () => {
  it('stores what the handler returned', () => {
    expect(decide({ kind: 'returned', value: 5 })).toEqual({ kind: 'succeed', value: 5 });
  });

  it.each([boom, undefined, null, 'text', { code: 'Q_RETRY' }])(
    'fails at once with any throw but a Retry: %s',
    (error) => {
      expect(decide({ kind: 'threw', error })).toEqual({ kind: 'fail', type: 'error', error });
    },
  );

  it.each([
    [0, 1_000],
    [1, 4_000],
    [2, 9_000],
  ])('retries after %i tries in tries² seconds', (tries, ms) => {
    const error = new Retry('again');
    expect(decide({ kind: 'threw', error }, { tries, attempts: 5 }, 10)).toEqual({
      kind: 'retry',
      start: { kind: 'delay', ms },
      tries: record({ tries: tries + 1, attempts: 6 }),
      error,
    });
  });

  it('retries when the Retry says, also at once', () => {
    const at = decide({ kind: 'threw', error: new Retry('later', { schedule: new Date(5_000) }) });
    const soon = decide({ kind: 'threw', error: new Retry('soon', { delay: 0 }) });
    expect([at, soon]).toMatchObject([
      { start: { kind: 'at', at: 5_000 } },
      { start: { kind: 'delay', ms: 0 } },
    ]);
  });

  it.each([
    [2, 3, 'fail'],
    [1, 3, 'retry'],
    [0, 1, 'fail'],
    [7, 3, 'fail'],
    [99, null, 'retry'],
  ] as const)('after %i charged tries of %s: %s', (tries, maxTries, kind) => {
    expect(decide({ kind: 'threw', error: new Retry() }, { tries }, maxTries).kind).toBe(kind);
  });

  it('fails with the Retry of the last try, which keeps its cause', () => {
    const error = new Retry('gave up', { cause: boom });
    expect(decide({ kind: 'threw', error }, { tries: 2 })).toEqual({ kind: 'fail', type: 'error', error });
  });

  it('forgets crashes, and that the name was unknown, when it retries', () => {
    const outcome = decide({ kind: 'threw', error: new Retry() }, { crashes: 2, firstUnknownAt: 5 });
    expect(outcome).toMatchObject({ tries: { crashes: 0, firstUnknownAt: null } });
  });

  it('never retries a declared error, an invalid value or a timeout', () => {
    const declared = new DeclaredError('Full', { limit: 9 });
    expect(decide({ kind: 'failed', error: declared })).toEqual({ kind: 'fail-declared', error: declared });
    expect(decide({ kind: 'invalid', error: boom })).toEqual({ kind: 'fail', type: 'invalid', error: boom });
    expect(decide({ kind: 'timed-out', after: 50 })).toEqual({
      kind: 'fail',
      type: 'timeout',
      error: expect.objectContaining({
        code: 'Q_TASK_TIMEOUT',
        message: expect.stringMatching(/^the task ran longer than its timeout of 50 ms \(try \d( of \d)?\);/),
      }),
    });
  });

  it('hands the task back at shutdown: the attempt is counted, no try is charged', () => {
    expect(decide({ kind: 'shut-down' }, { tries: 1, attempts: 4 })).toEqual({
      kind: 'release',
      tries: record({ tries: 1, attempts: 5 }),
    });
  });

  it('says nothing about a task that another worker may hold', () => {
    expect(decide({ kind: 'lost' })).toEqual({ kind: 'drop' });
  });

  it('ends an aborted task and a malformed one without a body', () => {
    expect(decide({ kind: 'aborted' }, { tries: 1, attempts: 1 })).toEqual({
      kind: 'abort',
      tries: record({ tries: 2, attempts: 2 }),
    });
    expect(decide({ kind: 'malformed' })).toEqual({ kind: 'malformed' });
  });

  it('puts off a task that it cannot run, for longer each time, uncharged', () => {
    expect(decide({ kind: 'unknown' })).toEqual({
      kind: 'unknown',
      tries: record({ firstUnknownAt: now }),
      backoff: 1_000,
    });
    expect(decide({ kind: 'unknown' }, { tries: 1, firstUnknownAt: now - 8_000 })).toEqual({
      kind: 'unknown',
      tries: record({ tries: 1, firstUnknownAt: now - 8_000 }),
      backoff: 8_000,
    });
  });
});
