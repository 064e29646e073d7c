import { defaultTtl, type PendingHeader } from '../../protocol/header.ts';
import { encodeResult } from '../../protocol/result.ts';
import { encodeTaskValue } from '../../protocol/task-value.ts';
import type { EnqueueItem } from '../enqueue.ts';
import type { SettleOutcome } from '../settle-item.ts';

/** Long ago on purpose: scripts must not read it, and dumps of different runs stay equal. */
const madeAt = 1_000;

export interface SampleTask extends Partial<Omit<PendingHeader, 'state'>> {
  readonly name?: string;
  readonly payload?: string;
  readonly start?: EnqueueItem['start'];
}

export function sampleItem(id: string, sample: SampleTask = {}): EnqueueItem {
  const { name = 'greet', payload = '["you"]', start = { kind: 'now' }, ...header } = sample;
  const value = encodeTaskValue(
    {
      state: start.kind === 'now' ? 'q' : 'd',
      lockMode: header.lockMode ?? '',
      nonce: header.nonce ?? '',
      lock: header.lock ?? '',
      ttl: header.ttl === undefined ? defaultTtl : header.ttl,
    },
    { name, createdAt: madeAt, enqueuedAt: madeAt, headers: {}, codec: '' },
    payload,
  );
  return { id, value, nonce: header.nonce ?? '', start };
}

export interface SampleResult {
  readonly ttl?: number | null;
  readonly nonce?: string;
  readonly lock?: string;
  readonly keepLock?: boolean;
  readonly payload?: string;
}

export function sampleResult(kind: 'succeed' | 'fail', sample: SampleResult = {}): SettleOutcome {
  const { ttl = defaultTtl, nonce = '', lock = '', keepLock = false, payload = '"hello"' } = sample;
  const facts = {
    name: 'greet',
    createdAt: madeAt,
    enqueuedAt: madeAt,
    startedAt: madeAt,
    finishedAt: madeAt,
    tries: 1,
    codec: '',
  };
  const body = encodeResult(facts, payload);
  return { kind, ttl, nonce, lock, keepLock, finishedAt: madeAt, body };
}
