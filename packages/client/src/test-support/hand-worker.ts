import { defaultCodec } from '@q/core';
import {
  type ClaimedTask,
  decodeTaskValue,
  describeFailure,
  encodePayload,
  encodeResult,
  join,
  newWireId,
  noTries,
  type SettleItem,
  type SettleOutcome,
  type StoredFailure,
  step,
} from '@q/core/wire';
import type { RedisPort } from '../redis-port.ts';

/** A worker without a loop: every step of it is a line of the test. */
export interface HandWorker {
  readonly id: string;
  /** Takes what is ready, one after the other. */
  readonly claim: (want?: number) => Promise<readonly string[]>;
  readonly succeed: (id: string, value: unknown) => Promise<void>;
  readonly fail: (id: string, failure: StoredFailure) => Promise<void>;
  /** As the handler that throws. */
  readonly throws: (id: string, thrown: unknown) => Promise<void>;
  readonly settle: (id: string, outcome: SettleOutcome) => Promise<void>;
}

interface Held {
  readonly claim: number;
  readonly delivery: ClaimedTask;
}

const lease = 60_000;

export async function joinByHand(port: RedisPort, label = 'hand'): Promise<HandWorker> {
  const worker = `${label}~${newWireId()}`;
  const held = new Map<string, Held>();
  let acked = 0;
  const call = async (
    want: number,
    settles: readonly SettleItem[],
    tend: boolean,
  ): Promise<readonly string[]> => {
    const input = {
      worker,
      lease,
      acked,
      want,
      holdsSuspect: false,
      tend,
      listens: 'none',
      finished: [],
      finishedInParts: [],
      settles,
    } as const;
    const { claim } = await port.run(step, input, { deadline: 10_000 });
    if (claim.kind !== 'claimed') return [];
    acked = claim.number;
    for (const delivery of claim.deliveries) held.set(delivery.id, { claim: claim.number, delivery });
    return claim.deliveries.map(({ id }) => id);
  };
  const settle = async (id: string, outcome: SettleOutcome): Promise<void> => {
    await call(0, [{ id, claim: held.get(id)?.claim ?? 0, outcome }], false);
  };
  const finish = (id: string, kind: 'succeed' | 'fail', payload: unknown): Promise<void> =>
    settle(id, finished(kind, held.get(id), payload));
  const fail = (id: string, failure: StoredFailure): Promise<void> => finish(id, 'fail', failure);
  await port.run(join, { worker, info: '{}', lease }, { deadline: 10_000 });
  return {
    id: worker,
    claim: (want = 1) => call(want, [], true),
    succeed: (id, value) => finish(id, 'succeed', value),
    fail,
    throws: (id, thrown) => fail(id, describeFailure(thrown)),
    settle,
  };
}

function finished(kind: 'succeed' | 'fail', held: Held | undefined, payload: unknown): SettleOutcome {
  const value = held === undefined ? null : decodeTaskValue(held.delivery.value);
  if (value?.kind !== 'pending' || value.envelope === null)
    throw new Error('the test settles what it has not claimed');
  const { ttl, nonce, lock, envelope } = value;
  const { name, createdAt, enqueuedAt } = envelope;
  const tries = (held?.delivery.tries ?? noTries).tries + 1;
  const finishedAt = enqueuedAt + 2;
  const facts = {
    name,
    createdAt,
    enqueuedAt,
    startedAt: enqueuedAt + 1,
    finishedAt,
    tries,
    codec: '',
  };
  return {
    kind,
    ttl,
    nonce,
    lock,
    keepLock: false,
    finishedAt,
    body: encodeResult(facts, encodePayload(defaultCodec, payload, 'result')),
  };
}
