import { type Codec, defaultCodec } from '@q/core';
import { decodeResult, noTries, type SettleOutcome } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { Retry } from '../retry/retry.ts';
import type { Outcome } from './decide-outcome.ts';
import type { Delivery } from './delivery.ts';
import { encodeOutcome } from './encode-outcome.ts';
import { DeclaredError } from './run.ts';

const envelope = {
  name: 'resize',
  createdAt: 10,
  enqueuedAt: 11,
  headers: {},
  codec: '',
  payload: Buffer.from('[]'),
};
const delivery: Delivery = {
  id: 'a',
  claim: 1,
  tries: { ...noTries, tries: 1 },
  nonce: 'n',
  lock: 'l',
  ttl: 5_000,
  envelope,
};

interface Given {
  readonly codec?: Codec;
  readonly isOpen?: boolean;
}

function encode(
  outcome: Outcome,
  { codec = defaultCodec, isOpen = false }: Given = {},
): SettleOutcome | null {
  return encodeOutcome(outcome, { delivery, codec, startedAt: 20, now: 30, isOpen });
}

function read(settle: SettleOutcome | null): unknown {
  if (settle === null || !('body' in settle)) throw new Error('it has no body');
  const { finishedAt, body } = settle;
  const finished = { finishedAt, worker: 'w~1', body: Buffer.from(body) };
  const { payload, ...facts } = decodeResult(finished) ?? { payload: Buffer.alloc(0) };
  return { kind: settle.kind, ...facts, value: defaultCodec.decode(payload) };
}

const refusing: Codec = {
  id: 'refusing',
  encode: () => {
    throw new Error('never');
  },
  decode: () => undefined,
};

describe('what Redis is told', () => {
  it('is the value of a success, with the facts of its run', () => {
    const settle = encode({ kind: 'succeed', value: { n: 1 } });
    expect(settle).toMatchObject({ kind: 'succeed', ttl: 5_000, nonce: 'n', lock: 'l', keepLock: false });
    expect(read(settle)).toEqual({
      kind: 'succeed',
      name: 'resize',
      createdAt: 10,
      enqueuedAt: 11,
      startedAt: 20,
      finishedAt: 30,
      tries: 2,
      worker: 'w~1',
      codec: '',
      value: { n: 1 },
    });
  });

  it('is a failure when the value cannot be encoded or is too large', () => {
    expect(read(encode({ kind: 'succeed', value: () => 1 }))).toMatchObject({
      kind: 'fail',
      value: { type: 'error', name: 'PayloadNotEncodableError' },
    });
    expect(read(encode({ kind: 'succeed', value: 'x'.repeat(2_000_000) }))).toMatchObject({
      kind: 'fail',
      value: { type: 'error', name: 'PayloadTooLargeError' },
    });
  });

  it('is a failure by the default codec when another one refuses even that', () => {
    expect(read(encode({ kind: 'succeed', value: 1 }, { codec: refusing }))).toMatchObject({
      kind: 'fail',
      codec: '',
      value: { type: 'error', name: 'PayloadNotEncodableError' },
    });
  });

  it('is type and data of a declared error', () => {
    expect(
      read(encode({ kind: 'fail-declared', error: new DeclaredError('Full', { limit: 9 }) })),
    ).toMatchObject({
      kind: 'fail',
      value: { type: 'Full', data: { limit: 9 } },
    });
  });

  it('keeps the lock of a unique task while its handler has not ended', () => {
    expect(encode({ kind: 'fail', type: 'timeout', error: new Error('t') }, { isOpen: true })).toMatchObject({
      lock: 'l',
      keepLock: true,
    });
    expect(encode({ kind: 'abort', tries: noTries }, { isOpen: true })).toMatchObject({
      lock: 'l',
      keepLock: true,
    });
    expect(encode({ kind: 'abort', tries: noTries })).toMatchObject({ keepLock: false });
  });

  it('is a time and a reason for a retry, and a grace of an hour for an unknown name', () => {
    const retry = encode({
      kind: 'retry',
      start: { kind: 'delay', ms: 5 },
      tries: { ...noTries, tries: 2 },
      error: new Retry('again'),
    });
    expect(retry).toMatchObject({
      kind: 'retry',
      start: { kind: 'delay', ms: 5 },
      lock: 'l',
      error: expect.stringContaining('"tries":2,"at":30'),
    });
    expect(encode({ kind: 'unknown', tries: noTries, backoff: 1_000 })).toMatchObject({
      grace: 3_600_000,
      backoff: 1_000,
    });
  });

  it('is nothing about what another worker may hold', () => {
    expect(encode({ kind: 'drop' })).toBeNull();
  });
});
