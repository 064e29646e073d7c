import { defaultCodec } from '@q/core';
import { encodePayload, encodeTaskValue, uniqueLock } from '@q/core/wire';
import type { Schedule } from './schedule.ts';

/** One task per slot, whoever fires it: the id is the same for all workers. `slot` in epoch ms. */
export function occurrenceId(name: string, slot: number): string {
  return `cron:${name}:${slot}`;
}

/**
 * The task that a slot enqueues: no arguments, and skipped by whoever claims it while an earlier run holds the
 * lock.
 */
export function encodeOccurrence(schedule: Schedule, now: number): string | Uint8Array {
  const { name, unique, ttl } = schedule;
  const lock = unique ? uniqueLock(name) : '';
  return encodeTaskValue(
    { state: 'q', lockMode: unique ? 's' : '', nonce: '', lock, ttl },
    { name, createdAt: now, enqueuedAt: now, headers: {}, codec: '' },
    encodePayload(defaultCodec, [], 'args'),
  );
}
