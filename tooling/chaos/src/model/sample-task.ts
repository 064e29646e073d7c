import {
  type EnqueueItem,
  encodeResult,
  encodeTaskValue,
  noTries,
  type SettleOutcome,
  type Start,
  uniqueLock,
} from '@q/core/wire';

const lock: string = uniqueLock('report');

/** ms; longer than any story, so that no result is gone when it is looked for. */
const ttl = 7_200_000;
const finishedAt = 1;
const facts = { name: 'greet', createdAt: 1, enqueuedAt: 1, codec: '' };

export interface Sample {
  readonly id: string;
  readonly nonce: string;
  readonly isUnique: boolean;
  readonly start: Start;
}

export function itemOf({ id, nonce, isUnique, start }: Sample): EnqueueItem {
  const locked = isUnique ? ({ lockMode: 'u', lock } as const) : ({ lockMode: '', lock: '' } as const);
  const state = start.kind === 'now' ? 'q' : 'd';
  const value = encodeTaskValue({ state, nonce, ttl, ...locked }, { ...facts, headers: {} }, '[]');
  return { id, value, nonce, start };
}

/** What a worker makes of its n-th task. */
export function outcomeOf(turn: number, { isUnique }: { readonly isUnique: boolean }): SettleOutcome {
  const held = isUnique ? lock : '';
  const tries = { ...noTries, tries: 1, attempts: 1 };
  const body = encodeResult({ ...facts, startedAt: 1, finishedAt, tries: 1 }, '1');
  const result = { ttl, nonce: '', lock: held, keepLock: false, finishedAt, body } as const;
  const outcomes: readonly SettleOutcome[] = [
    { kind: 'succeed', ...result },
    { kind: 'fail', ...result },
    { kind: 'release', tries: null, lock: held },
    { kind: 'release', tries, lock: held },
    { kind: 'retry', start: { kind: 'delay', ms: 700 }, tries, error: '{}', lock: held },
    { kind: 'retry', start: { kind: 'now' }, tries, error: '{}', lock: held },
    { kind: 'abort', tries, lock: held, keepLock: false },
    { kind: 'unknown', tries: noTries, backoff: 700, grace: 3_600_000 },
    { kind: 'malformed' },
  ];
  return outcomes[turn % outcomes.length] ?? { kind: 'malformed' };
}

/** An outcome that ends its task whatever it is. */
export function successOf(isUnique: boolean): SettleOutcome {
  return outcomeOf(0, { isUnique });
}
