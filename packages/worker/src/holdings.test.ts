import { defaultCodec, task } from '@q/core';
import { encodeTaskValue, noTries, type SettleItem } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { type Delivery, readDeliveries } from './execution/delivery.ts';
import { SettleQueue } from './execution/settle-queue.ts';
import { Registry } from './handlers/registry.ts';
import { Holdings } from './holdings.ts';
import { InFlight } from './in-flight.ts';
import { Latch } from './latch.ts';
import { Slots } from './slots.ts';
import { deferred } from './test-support/deferred.ts';
import { type RecordedLog, recordedLog } from './test-support/recorded-log.ts';

interface Held {
  readonly holdings: Holdings;
  readonly slots: Slots;
  readonly log: RecordedLog;
  /** Ids whose handler was called. */
  readonly ran: string[];
  /** Ends the handlers. */
  readonly end: () => void;
  /** Resolves with the next outcomes. */
  readonly settled: () => Promise<SettleItem[]>;
}

function create(claims: { acked: number; isAsking: boolean } = { acked: 5, isAsking: false }): Held {
  const registry = new Registry('UTC');
  const ended = deferred();
  const ran: string[] = [];
  registry.handle(task<() => void>('work'), async (ctx: { id: string }) => {
    ran.push(ctx.id);
    await ended.promise;
  });
  const changes = new Latch();
  const settles = new SettleQueue();
  const slots = new Slots(4, () => changes.notify());
  const log = recordedLog();
  const client = (): never => {
    throw new Error('nobody enqueues here');
  };
  const context = { deps: undefined, workerId: 'w~1', log, client };
  const execution = { registry, codec: defaultCodec, context, log, now: () => 50, abandonAfter: 10_000 };
  const holdings = new Holdings({
    ...execution,
    lease: 30_000,
    slots,
    inFlight: new InFlight(),
    settles,
    changes,
    claims,
  });
  const settled = async (): Promise<SettleItem[]> => {
    await changes.until(() => settles.size > 0, { signal: new AbortController().signal });
    return settles.take();
  };
  return { holdings, slots, log, ran, end: () => ended.resolve(), settled };
}

function delivery(id: string, claim = 6): Delivery {
  const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: null } as const;
  const facts = { name: 'work', createdAt: 1, enqueuedAt: 2, headers: {}, codec: '' };
  const value = Buffer.from(encodeTaskValue(header, facts, '[]'));
  const [read] = readDeliveries([{ id, value, tries: noTries }], claim).held;
  if (read === undefined) throw new Error('it was not read');
  return read;
}

describe('what a membership holds', () => {
  it('runs what is delivered, and keeps its slot until the handler has ended', async () => {
    const { holdings, slots, ran, end, settled } = create();
    holdings.begin(delivery('a'));
    expect([ran, slots.free]).toEqual([['a'], 3]);
    end();
    expect(await settled()).toMatchObject([{ id: 'a', claim: 6, outcome: { kind: 'succeed' } }]);
    expect(slots.free).toBe(4);
  });

  it('gives back unstarted what is delivered while the worker stops', async () => {
    const { holdings, slots, ran, settled } = create();
    holdings.stopStarting();
    holdings.begin(delivery('a'));
    expect(await settled()).toMatchObject([{ id: 'a', outcome: { kind: 'release', tries: null } }]);
    expect([ran, slots.free]).toEqual([[], 4]);
  });

  it('does not start what was aborted while the answer that brings it was on the way', async () => {
    const { holdings, ran, settled } = create({ acked: 5, isAsking: true });
    holdings.abort('a');
    holdings.begin(delivery('a'));
    expect(await settled()).toMatchObject([{ id: 'a', outcome: { kind: 'abort' } }]);
    expect(ran).toEqual([]);
  });

  it('forgets such an abort with the answer: the id may be enqueued again', () => {
    const { holdings, ran } = create({ acked: 5, isAsking: true });
    holdings.abort('a');
    holdings.answered();
    holdings.begin(delivery('a'));
    expect(ran).toEqual(['a']);
  });

  it('says nothing of what it dropped, and frees the slots when the handlers end', async () => {
    const { holdings, slots, log, end, settled } = create();
    holdings.begin(delivery('a'));
    holdings.drop();
    end();
    await expect.poll(() => slots.free).toBe(4);
    const later = settled();
    await expect(Promise.race([later, Promise.resolve('nothing')])).resolves.toBe('nothing');
    expect(log.records.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['a claim whose answer is still on the way', 6, false],
    ['a claim that was answered', 5, true],
  ])('gives back what only Redis knows of, of %s: %s', (_which, claim, isGiven) => {
    const { holdings, settled } = create({ acked: 5, isAsking: false });
    holdings.giveBackUnknown('ghost', claim);
    const given = settled();
    return expect(Promise.race([given, afterTurns('nothing')])).resolves.toEqual(
      isGiven ? [{ id: 'ghost', claim, outcome: { kind: 'release', tries: null, lock: '' } }] : 'nothing',
    );
  });

  it('does not give back what runs here', () => {
    const { holdings, settled } = create({ acked: 6, isAsking: false });
    holdings.begin(delivery('a', 6));
    holdings.giveBackUnknown('a', 6);
    return expect(Promise.race([settled(), afterTurns('nothing')])).resolves.toBe('nothing');
  });
});

function afterTurns<Value>(value: Value): Promise<Value> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(value))));
}
