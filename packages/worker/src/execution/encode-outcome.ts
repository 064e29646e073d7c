import { type Codec, defaultCodec } from '@q/core';
import {
  describeFailure,
  encodePayload,
  encodeResult,
  type ResultFacts,
  type SettleOutcome,
  type StoredFailure,
} from '@q/core/wire';
import { unknownGrace } from '../retry/backoff.ts';
import type { Outcome } from './decide-outcome.ts';
import { codecMark, type Delivery } from './delivery.ts';
import { historyEntry } from './history-entry.ts';
import type { DeclaredError } from './run.ts';

/** What an outcome needs to become bytes. Times are epoch ms of Redis. */
export interface EncodeParts {
  readonly delivery: Delivery;
  readonly codec: Codec;
  readonly startedAt: number;
  readonly now: number;
  /** The handler's promise is still open: a unique task keeps its lock. */
  readonly isOpen: boolean;
}

/** What the script is told, `null` when there is nothing to say. Never throws: what cannot be encoded fails its own task. */
export function encodeOutcome(outcome: Outcome, parts: EncodeParts): SettleOutcome | null {
  const { lock } = parts.delivery;
  switch (outcome.kind) {
    case 'succeed':
      return encodeSuccess(outcome.value, parts);
    case 'fail':
      return failure(describeFailure(outcome.error, outcome.type), parts);
    case 'fail-declared':
      return encodeDeclared(outcome.error, parts);
    case 'retry': {
      const error = historyEntry(outcome.error, outcome.tries.tries, parts.now);
      return { kind: 'retry', start: outcome.start, tries: outcome.tries, error, lock };
    }
    case 'release':
      return { kind: 'release', tries: outcome.tries, lock };
    case 'abort':
      return { kind: 'abort', tries: outcome.tries, lock, keepLock: parts.isOpen };
    case 'malformed':
      return { kind: 'malformed' };
    case 'unknown':
      return { kind: 'unknown', tries: outcome.tries, backoff: outcome.backoff, grace: unknownGrace };
    case 'drop':
      return null;
  }
}

function encodeSuccess(value: unknown, parts: EncodeParts): SettleOutcome {
  const { ttl, nonce, lock } = parts.delivery;
  try {
    const payload = encodePayload(parts.codec, value, 'result');
    return {
      kind: 'succeed',
      ttl,
      nonce,
      lock,
      keepLock: false,
      finishedAt: parts.now,
      body: encodeResult(factsOf(parts, parts.codec), payload),
    };
  } catch (error) {
    return failure(describeFailure(error), parts);
  }
}

function encodeDeclared({ type, data, message }: DeclaredError, parts: EncodeParts): SettleOutcome {
  try {
    return failWith(
      encodePayload(parts.codec, { type, name: type, message, data }, `error.${type}`),
      parts.codec,
      parts,
    );
  } catch (error) {
    return failure(describeFailure(error), parts);
  }
}

/** A codec of the user's may refuse even this; the default one never does, since all of it is capped text. */
function failure(stored: StoredFailure, parts: EncodeParts): SettleOutcome {
  try {
    return failWith(encodePayload(parts.codec, stored, 'error'), parts.codec, parts);
  } catch {
    return failWith(encodePayload(defaultCodec, stored, 'error'), defaultCodec, parts);
  }
}

function failWith(payload: string | Uint8Array, codec: Codec, parts: EncodeParts): SettleOutcome {
  const { ttl, nonce, lock } = parts.delivery;
  const body = encodeResult(factsOf(parts, codec), payload);
  return { kind: 'fail', ttl, nonce, lock, keepLock: parts.isOpen, finishedAt: parts.now, body };
}

function factsOf({ delivery, startedAt, now }: EncodeParts, codec: Codec): ResultFacts {
  const { envelope, tries } = delivery;
  return {
    name: envelope?.name ?? '',
    createdAt: envelope?.createdAt ?? 0,
    enqueuedAt: envelope?.enqueuedAt ?? 0,
    startedAt,
    finishedAt: now,
    tries: tries.tries + 1,
    codec: codecMark(codec),
  };
}
