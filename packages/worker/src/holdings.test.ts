import { defaultCodec, task } from '@q/core';
import { encodeTaskValue, noTries, type SettleItem } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { type Delivery, readDeliveries } from './execution/delivery.ts';
import { SettleQueue } from './execution/settle-queue.ts';
import { Timeouts } from './execution/timeouts.ts';
import { Registry } from './handlers/registry.ts';
import { Holdings } from './holdings.ts';
import { InFlight } from './in-flight.ts';
import { Latch } from './latch.ts';
import { StartBoard } from './lease/start-board.ts';
import { Pace } from './pace.ts';
import { Slots } from './slots.ts';
import { deferred } from './test-support/deferred.ts';
import { type RecordedLog, recordedLog } from './test-support/recorded-log.ts';

interface Given {
  readonly acked?: number;
  readonly isAsking?: boolean;
  readonly slots?: number;
  /** Very many tasks have just ended here. */
  readonly rush?: boolean;
  /** Whether the lease is renewed. */
  readonly isKept?: () => boolean;
}

interface Held {
  readonly holdings: Holdings;
  /** As the answer of a claim does. */
  readonly begin: (...ids: readonly string[]) => void;
  readonly board: StartBoard;
  readonly inFlight: InFlight;
  readonly slots: Slots;
  readonly log: RecordedLog;
  /** Ids whose handler was called. */
  readonly ran: string[];
  /** Ends the handlers. */
  readonly end: () => void;
  /** Resolves with the next outcomes. */
  readonly settled: () => Promise<SettleItem[]>;
}

function create({
  acked = 5,
  isAsking = false,
  slots: most = 4,
  rush = false,
  isKept = () => true,
}: Given = {}): Held {
  const registry = new Registry('UTC');
  const ended = deferred();
  const ran: string[] = [];
  registry.handle(task<() => void>('work'), async (ctx: { id: string }) => {
    ran.push(ctx.id);
    await ended.promise;
  });
  const changes = new Latch();
  const settles = new SettleQueue();
  const slots = new Slots(most, () => changes.notify());
  const log = recordedLog();
  const inFlight = new InFlight();
  const client = (): never => {
    throw new Error('nobody enqueues here');
  };
  const context = { deps: undefined, workerId: 'w~1', log, client };
  let now = 0;
  const pace = new Pace(10, () => now);
  if (rush) {
    pace.came(1);
    for (let each = 0; each < 100; each += 1) pace.ran(0);
    now = 1;
  }
  const board = StartBoard.ofSize(8);
  const timeouts = new Timeouts();
  const execution = { registry, codec: defaultCodec, context, log, now: () => 50, abandonAfter: 10_000 };
  const holdings = new Holdings({
    ...execution,
    lease: 30_000,
    slots,
    inFlight,
    settles,
    changes,
    pace,
    board,
    isKept,
    timeouts,
    claims: () => ({ acked, isAsking }),
  });
  const begin = (...ids: readonly string[]): void => {
    holdings.take(
      6,
      ids.map((id) => delivery(id)),
    );
    holdings.fill();
  };
  const settled = async (): Promise<SettleItem[]> => {
    await changes.until(() => settles.size > 0, { signal: new AbortController().signal });
    return settles.take();
  };
  return { holdings, begin, board, inFlight, slots, log, ran, end: () => ended.resolve(), settled };
}

function delivery(id: string, claim = 6): Delivery {
  const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: null } as const;
  const facts = { name: 'work', createdAt: 1, enqueuedAt: 2, headers: {}, codec: '' };
  const value = Buffer.from(encodeTaskValue(header, facts, '[]'));
  const [read] = readDeliveries([{ id, value, tries: noTries }], claim);
  if (read === undefined) throw new Error('it was not read');
  return read;
}

describe('what a membership holds', () => {
  it('runs what is delivered, and keeps its slot until the handler has ended', async () => {
    const { begin, slots, ran, end, settled } = create();
    begin('a');
    expect([ran, slots.free]).toEqual([['a'], 3]);
    end();
    expect(await settled()).toMatchObject([{ id: 'a', claim: 6, outcome: { kind: 'succeed' } }]);
    expect(slots.free).toBe(4);
  });

  it('gives back unstarted what is delivered while the worker stops', async () => {
    const { holdings, begin, slots, ran, settled } = create();
    holdings.stopStarting();
    begin('a');
    expect(await settled()).toMatchObject([{ id: 'a', outcome: { kind: 'release', tries: null } }]);
    expect([ran, slots.free]).toEqual([[], 4]);
  });

  it('does not start what was aborted while the answer that brings it was on the way', async () => {
    const { holdings, begin, ran, settled } = create({ isAsking: true });
    holdings.abort('a');
    begin('a');
    expect(await settled()).toMatchObject([{ id: 'a', outcome: { kind: 'abort' } }]);
    expect(ran).toEqual([]);
  });

  it('forgets such an abort with the answer: the id may be enqueued again', () => {
    const { holdings, begin, ran } = create({ isAsking: true });
    holdings.abort('a');
    holdings.answered();
    begin('a');
    expect(ran).toEqual(['a']);
  });

  it('says nothing of what it dropped, and frees the slots when the handlers end', async () => {
    const { holdings, begin, slots, log, end, settled } = create();
    begin('a');
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
    const { holdings, settled } = create();
    holdings.giveBackUnknown('ghost', claim);
    const given = settled();
    return expect(Promise.race([given, afterTurns('nothing')])).resolves.toEqual(
      isGiven ? [{ id: 'ghost', claim, outcome: { kind: 'release', tries: null, lock: '' } }] : 'nothing',
    );
  });

  it('does not give back what runs here', () => {
    const { holdings, begin, settled } = create({ acked: 6 });
    begin('a');
    holdings.giveBackUnknown('a', 6);
    return expect(Promise.race([settled(), afterTurns('nothing')])).resolves.toBe('nothing');
  });
});

describe('what was claimed ahead of the slots', () => {
  it('starts in the order of its claim as slots get free', async () => {
    const { begin, ran, end } = create({ slots: 1 });
    begin('a', 'b', 'c');
    expect(ran).toEqual(['a']);
    end();
    await expect.poll(() => ran).toEqual(['a', 'b', 'c']);
  });

  it('goes back at once and uncharged when the worker stops; what runs goes on', async () => {
    const { holdings, begin, ran, settled } = create({ slots: 1 });
    begin('a', 'b', 'c');
    holdings.stopStarting();
    expect(await settled()).toEqual(
      ['b', 'c'].map((id) => ({ id, claim: 6, outcome: { kind: 'release', tries: null, lock: '' } })),
    );
    expect(ran).toEqual(['a']);
  });

  it('goes back when its slots are taken by runs that turn out to be long', async () => {
    const { holdings, begin, ran, settled } = create({ slots: 1 });
    begin('a', 'b');
    expect(await settled()).toMatchObject([{ id: 'b', outcome: { kind: 'release', tries: null } }]);
    expect([ran, holdings.room]).toEqual([['a'], 0]);
  });

  it('is aborted without being started', async () => {
    const { holdings, begin, ran, end, settled } = create({ slots: 1 });
    begin('a', 'b');
    holdings.abort('b');
    expect(await settled()).toMatchObject([{ id: 'b', outcome: { kind: 'abort' } }]);
    end();
    await settled();
    expect(ran).toEqual(['a']);
  });

  it('is forgotten when another worker may have it, or when all was lost', async () => {
    const { holdings, begin, ran, slots, end } = create({ slots: 1 });
    begin('a', 'b', 'c');
    holdings.lose('b');
    holdings.drop();
    end();
    await expect.poll(() => slots.free).toBe(1);
    expect(ran).toEqual(['a']);
  });

  it('is not started when the lease thread has handed it back, and is given back here too', async () => {
    const { begin, board, ran, settled, end } = create({ slots: 1 });
    begin('a', 'b');
    const thread = new StartBoard(board.memory);
    expect(thread.closeUnstarted()).toEqual([{ id: 'b', claim: 6 }]);
    end();
    expect(await settled()).toMatchObject([
      { id: 'a', outcome: { kind: 'succeed' } },
      { id: 'b', claim: 6, outcome: { kind: 'release', tries: null } },
    ]);
    expect(ran).toEqual(['a']);
  });

  it('is not started when the lease thread handed its claim back unread; the next claim is', async () => {
    const { holdings, begin, board, ran, settled } = create();
    holdings.ask(6);
    expect(new StartBoard(board.memory).closeUnread()).toBe(6);
    begin('a');
    expect(await settled()).toMatchObject([{ id: 'a', claim: 6, outcome: { kind: 'release' } }]);
    holdings.answered();
    holdings.ask(7);
    begin('b');
    expect(ran).toEqual(['b']);
  });

  it('is not started while another worker may have it, and when the lease was renewed after all', async () => {
    let isKept = false;
    const { holdings, begin, ran } = create({ slots: 1, isKept: () => isKept });
    begin('a');
    expect(holdings.canStart).toBe(false);
    expect(ran).toEqual([]);
    isKept = true;
    holdings.fill();
    expect(ran).toEqual(['a']);
  });

  it('is nothing while a task is held that a worker has crashed with', () => {
    const { holdings, begin, inFlight } = create({ slots: 1, rush: true });
    begin('a');
    expect(holdings.room).toBeGreaterThan(0);
    inFlight.openClaim(7, [{ tries: { ...noTries, crashes: 1 } }], false);
    expect(holdings.room).toBe(0);
  });
});

function afterTurns<Value>(value: Value): Promise<Value> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(value))));
}
