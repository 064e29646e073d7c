import fc from 'fast-check';
import { expect } from 'vitest';
import { uniqueLock } from '../protocol/lock.ts';
import { noTries } from '../protocol/tries.ts';
import { abort } from './abort.ts';
import { leave } from './leave.ts';
import { renew } from './renew.ts';
import type { SettleOutcome } from './settle-item.ts';
import { type StepInput, type StepReply, step } from './step.ts';
import { lease, openQueue, type QueueUnderTest, stepInput, test } from './test-support/queue-under-test.ts';
import { sampleResult } from './test-support/sample-values.ts';

/** A worker as the protocol wants it: one claim in flight, sent again unchanged until it is answered. */
interface Process {
  wire: string;
  lives: number;
  acked: number;
  readonly held: Map<string, number>;
  pending: StepInput | null;
}

interface Act {
  readonly kind: 'enqueue' | 'step' | 'lost reply' | 'crash' | 'later' | 'abort' | 'leave' | 'unique';
  readonly who: number;
  readonly many: number;
}

const lock = uniqueLock('report');
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom<Act['kind']>(
      'enqueue',
      'enqueue',
      'unique',
      'step',
      'step',
      'step',
      'lost reply',
      'crash',
      'later',
      'abort',
      'leave',
    ),
    who: fc.nat(2),
    many: fc.nat(7),
  }),
  { minLength: 20, maxLength: 60 },
);

function outcomeFor(turn: number, isUnique: boolean): SettleOutcome {
  const held = isUnique ? lock : '';
  const tries = { ...noTries, tries: 1, attempts: 1 };
  const choices: readonly SettleOutcome[] = [
    sampleResult('succeed', { lock: held }),
    sampleResult('fail', { lock: held }),
    { kind: 'release', tries: null, lock: held },
    { kind: 'retry', start: { kind: 'delay', ms: 500 }, tries, error: '{}', lock: held },
    { kind: 'retry', start: { kind: 'now' }, tries, error: '{}', lock: held },
    { kind: 'unknown', tries: noTries, backoff: 500, grace: 3_600_000 },
  ];
  return choices[turn % choices.length] ?? sampleResult('succeed');
}

class World {
  readonly queue: QueueUnderTest;
  readonly ids: string[] = [];
  readonly results = new Map<string, number>();
  readonly processes: Process[] = [];

  constructor(queue: QueueUnderTest) {
    this.queue = queue;
  }

  async start(): Promise<void> {
    for (let at = 0; at < 3; at += 1) {
      this.processes.push({ wire: `w${at}~0`, lives: 0, acked: 0, held: new Map(), pending: null });
      await this.queue.join(`w${at}~0`);
    }
  }

  async act({ kind, who, many }: Act): Promise<void> {
    const process = this.processes[who];
    if (process === undefined) return;
    switch (kind) {
      case 'enqueue':
      case 'unique':
        return await this.#enqueue(many, kind === 'unique');
      case 'step':
      case 'lost reply':
        return await this.#step(process, many, kind === 'lost reply');
      case 'crash':
        return await this.#reborn(process, who);
      case 'later':
        this.queue.later(many * 4_000);
        for (const each of this.processes) await this.#renew(each);
        return;
      case 'abort':
        await this.queue.run(abort, { id: this.ids[many * 3] ?? 'never', notAfter: Number.MAX_SAFE_INTEGER });
        return;
      case 'leave':
        await this.queue.run(leave, { worker: process.wire });
        return await this.#reborn(process, who);
    }
  }

  async #enqueue(many: number, isUnique: boolean): Promise<void> {
    const ids = Array.from({ length: many + 1 }, (_, at) => `t${this.ids.length + at}`);
    this.ids.push(...ids);
    await this.queue.put(ids, isUnique ? { lock, lockMode: 'u' } : {});
  }

  async #renew(process: Process): Promise<void> {
    const { kind } = await this.queue.run(renew, { worker: process.wire, lease });
    if (kind === 'lapsed') await this.#reborn(process, this.processes.indexOf(process));
  }

  async #reborn(process: Process, at: number): Promise<void> {
    process.lives += 1;
    process.wire = `w${at}~${process.lives}`;
    process.acked = 0;
    process.held.clear();
    process.pending = null;
    await this.queue.join(process.wire);
  }

  async #step(process: Process, many: number, isLost: boolean): Promise<void> {
    const { wire, acked } = process;
    const settles = [...process.held].slice(0, many).map(([id, claim], at) => {
      const isUnique = this.#uniques.has(id);
      return { id, claim, outcome: outcomeFor(many + at, isUnique) };
    });
    process.pending ??= stepInput(wire, { acked, want: many, tend: true, settles });
    const reply = await this.queue.run(step, process.pending);
    this.#count(process.pending, reply);
    if (isLost) return;
    this.#absorb(process, process.pending, reply);
    process.pending = null;
    if (reply.claim.kind === 'lapsed') await this.#reborn(process, this.processes.indexOf(process));
  }

  readonly #uniques = new Set<string>();

  #count(input: StepInput, { verdicts }: StepReply): void {
    for (const [at, { id, outcome }] of input.settles.entries()) {
      const isResult = outcome.kind === 'succeed' || outcome.kind === 'fail';
      if (isResult && !verdicts.has(at)) this.results.set(id, (this.results.get(id) ?? 0) + 1);
    }
  }

  #absorb(process: Process, input: StepInput, { claim }: StepReply): void {
    for (const { id } of input.settles) process.held.delete(id);
    if (claim.kind !== 'claimed') return;
    process.acked = claim.number;
    for (const { id, value } of claim.deliveries) {
      if (value?.toString('latin1', 1, 2) === 'u') this.#uniques.add(id);
      process.held.set(id, claim.number);
    }
  }

  /** Ids that run under the one lock. */
  async lockHolders(): Promise<string[]> {
    const holders: string[] = [];
    for (const id of await this.queue.redis.hkeys(this.queue.keys.running)) {
      if ((await this.queue.redis.getrange(this.queue.keys.task(id), 0, 1)) === 'qu') holders.push(id);
    }
    return holders;
  }

  /** One worker outlives the others and finishes everything. */
  async drain(): Promise<void> {
    const survivor = 'survivor';
    await this.queue.join(survivor);
    for (let acked = 0, turn = 0; turn < 60; turn += 1) {
      this.queue.later(20_000);
      await this.queue.run(renew, { worker: survivor, lease });
      const { claim } = await this.queue.step(survivor, { acked, want: 50, tend: true });
      if (claim.kind !== 'claimed') throw new Error(`the survivor claims: ${claim.kind}`);
      acked = claim.number;
      const settles = claim.deliveries.map(({ id }) => ({
        id,
        claim: acked,
        outcome: sampleResult('succeed', { lock: this.#uniques.has(id) ? lock : '' }),
      }));
      this.#count(
        stepInput(survivor, { settles }),
        await this.queue.step(survivor, { settles, finished: [acked] }),
      );
    }
  }
}

test('whatever replies are lost and whichever workers die, every task ends once and nothing is left of it', async ({
  redis,
  queueName,
}) => {
  await fc.assert(
    fc.asyncProperty(acts, async (story) => {
      const world = new World(openQueue(redis, queueName()));
      await world.start();
      for (const act of story) {
        await world.act(act);
        expect((await world.lockHolders()).length).toBeLessThanOrEqual(1);
      }
      await world.drain();
      for (const id of world.ids) expect(await world.queue.value(id), id).toMatchObject({ kind: 'finished' });
      for (const [id, times] of world.results) expect(times, id).toBe(1);
      const { keys } = world.queue;
      const left = [
        keys.running,
        keys.ready,
        keys.due,
        keys.tries,
        keys.suspects,
        keys.aborts,
        keys.watch,
        keys.dead,
      ];
      expect(await redis.exists(...left)).toBe(0);
    }),
    { numRuns: 20, endOnFailure: true },
  );
}, 60_000);
