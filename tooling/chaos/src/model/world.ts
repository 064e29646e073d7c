import {
  abort,
  define,
  enqueue,
  fire,
  held,
  join,
  leave,
  type QueueKeys,
  queueKeys,
  renew,
  type SettleItem,
  type Start,
  type StepInput,
  type StepReply,
  watch,
} from '@q/core/wire';
import type { Redis } from 'ioredis';
import type { DefectName } from '../defects/defects.ts';
import { redisNow } from '../redis-now.ts';
import { type Act, seats } from './act.ts';
import { itemOf, outcomeOf, type Sample, successOf } from './sample-task.ts';
import { createScriptRunner, type ScriptRunner } from './script-runner.ts';
import { lease, VirtualWorker } from './virtual-worker.ts';

const schedule = { name: 'tick', hash: 'h', definition: '{}', interval: 10_000 };
const anyTime = Number.MAX_SAFE_INTEGER;
const laterMs = 9_000;
/** Turns that the last worker has, each of a third of a lease. */
const drainTurns = 60;

/** One queue, its workers and all who ever enqueued something. */
export class World {
  readonly keys: QueueKeys;
  readonly redis: Redis;
  /** Everything that was ever enqueued, in order. */
  readonly samples: Map<string, Sample> = new Map();
  /** How many results of handlers Redis has accepted. */
  readonly accepted: Map<string, number> = new Map();
  /** What should not have been answered. */
  readonly complaints: string[] = [];
  readonly #runner: ScriptRunner;
  readonly #workers: VirtualWorker[] = [];
  readonly #former: VirtualWorker[] = [];
  #lives = 0;
  #turn = 0;

  constructor(redis: Redis, queue: string, defect?: DefectName) {
    this.redis = redis;
    this.keys = queueKeys(queue);
    this.#runner = createScriptRunner({
      redis,
      keys: this.keys,
      ...(defect === undefined ? {} : { defect }),
    });
  }

  async begin(): Promise<void> {
    for (let seat = 0; seat < seats; seat += 1) await this.#reborn(seat);
  }

  async act(act: Act): Promise<void> {
    switch (act.kind) {
      case 'enqueue':
        return this.#enqueue(act);
      case 'enqueue again':
        return this.#enqueueAgain(act);
      case 'step':
        return this.#step(act);
      case 'settle':
        return this.#settle(act);
      case 'zombie':
        return this.#zombie(act.who);
      case 'crash':
        return this.#reborn(act.who);
      case 'leave':
        await this.#leave(act.who);
        return;
      case 'later':
        return this.#later(act);
      case 'clock back':
        this.#runner.shift -= act.ms;
        return;
      case 'clock jumps':
        this.#runner.shift += act.ms;
        return;
      case 'abort':
        await this.#runner.run(abort, { id: this.#idOf(act.which), notAfter: anyTime });
        return;
      case 'watch':
        await this.#runner.run(watch, { client: 'c1', ids: [this.#idOf(act.which)] });
        return;
      case 'reconcile':
        return this.#reconcile(act.who);
      case 'schedule':
        return this.#schedule(act.who);
    }
  }

  /** All others die; one worker outlives them and finishes everything. Answers its wire id. */
  async drain(): Promise<string> {
    const last = new VirtualWorker('last~0', this.#runner);
    await this.#join(last);
    const { ready, suspects, due, running, dead, workers } = this.keys;
    for (let turn = 0; turn < drainTurns; turn += 1) {
      this.#runner.shift += lease / 3;
      await this.#runner.run(renew, { worker: last.wire, lease });
      const settles = [...last.held].map(([id, claim]) => this.#ending(id, claim));
      const { sent, reply } = await last.step(settles, 50);
      this.#count(sent, reply);
      last.absorb(sent, reply);
      const left = await this.redis.exists(ready, suspects, due, running, dead);
      if (left === 0 && last.held.size === 0 && (await this.redis.zcard(workers)) === 1) break;
    }
    return last.wire;
  }

  async #enqueue({ many, start, isUnique }: Extract<Act, { kind: 'enqueue' }>): Promise<void> {
    const first = this.samples.size;
    const samples = Array.from({ length: many }, (_, at): Sample => {
      return { id: `t${first + at}`, nonce: `n${first + at}`, isUnique, start: startOf(start) };
    });
    for (const sample of samples) this.samples.set(sample.id, sample);
    const reply = await this.#runner.run(enqueue, { notAfter: anyTime, items: samples.map(itemOf) });
    const isCreated = reply.kind === 'done' && reply.items.every(({ kind }) => kind === 'created');
    if (!isCreated) this.complaints.push(`new tasks were not created: ${JSON.stringify(reply)}`);
  }

  async #enqueueAgain({ which, isOwn }: Extract<Act, { kind: 'enqueue again' }>): Promise<void> {
    const known = this.samples.get(this.#idOf(which));
    if (known === undefined) return;
    const items = [itemOf({ ...known, start: { kind: 'now' }, nonce: isOwn ? known.nonce : 'other' })];
    const reply = await this.#runner.run(enqueue, { notAfter: anyTime, items });
    const answered = reply.kind === 'done' ? reply.items[0]?.kind : reply.kind;
    // A task that has ended has its nonce only where a script or this model's handlers wrote it down.
    if (answered === 'created' && !isOwn) this.complaints.push(`${known.id} was created twice`);
  }

  async #step({ who, settle, want, isLost }: Extract<Act, { kind: 'step' }>): Promise<void> {
    const worker = this.#workers[who];
    if (worker === undefined) return;
    const { sent, reply } = await worker.step(this.#outcomes(worker, settle), want);
    this.#count(sent, reply);
    if (reply.claim.kind === 'claimed' && reply.claim.deliveries.length > sent.want + 1)
      this.complaints.push(`${worker.wire} wanted ${sent.want} and got ${reply.claim.deliveries.length}`);
    if (isLost) return;
    if (worker.absorb(sent, reply).kind === 'lapsed') await this.#reborn(who);
  }

  async #settle({ who, settle }: Extract<Act, { kind: 'settle' }>): Promise<void> {
    const worker = this.#workers[who];
    if (worker === undefined) return;
    const { sent, reply } = await worker.settle(this.#outcomes(worker, settle));
    this.#count(sent, reply);
    for (const { id } of sent.settles) worker.held.delete(id);
  }

  async #zombie(who: number): Promise<void> {
    const seat = `w${who}~`;
    const zombie = this.#former.findLast(({ wire, held: holds }) => wire.startsWith(seat) && holds.size > 0);
    if (zombie === undefined) return;
    const { sent, reply } = await zombie.settle(
      [...zombie.held].map(([id, claim]) => this.#ending(id, claim)),
    );
    this.#count(sent, reply);
    zombie.held.clear();
  }

  async #leave(who: number): Promise<void> {
    const worker = this.#workers[who];
    if (worker === undefined) return;
    await this.#runner.run(leave, { worker: worker.wire });
    await this.#reborn(who);
  }

  async #later({ ms, silent }: Extract<Act, { kind: 'later' }>): Promise<void> {
    this.#runner.shift += ms;
    for (const [seat, { wire }] of this.#workers.entries()) {
      if (seat === silent) continue;
      const { kind } = await this.#runner.run(renew, { worker: wire, lease });
      if (kind === 'lapsed') await this.#reborn(seat);
    }
  }

  async #reconcile(who: number): Promise<void> {
    const worker = this.#workers[who];
    if (worker === undefined) return;
    const reply = await this.#runner.run(held, { worker: worker.wire });
    if (reply.kind === 'lapsed') return this.#reborn(who);
  }

  async #schedule(who: number): Promise<void> {
    const worker = this.#workers[who];
    if (worker === undefined) return;
    const { name, hash, definition, interval } = schedule;
    const now = await this.#now();
    const slot = Math.floor(now / interval) * interval + interval;
    const known = await this.#runner.run(define, {
      worker: worker.wire,
      startedAt: 1,
      name,
      hash,
      definition,
      slot,
    });
    if (known.due > now) return;
    const id = `cron:${name}:${known.due}`;
    const sample: Sample = { id, nonce: '', isUnique: false, start: { kind: 'now' } };
    const { value } = itemOf(sample);
    const reply = await this.#runner.run(fire, {
      ...{ name, hash, due: known.due, slot: known.due, next: known.due + interval, id, value },
      exclusive: false,
    });
    if (reply.kind !== 'fired') return;
    if (this.samples.has(id)) this.complaints.push(`slot ${known.due} was fired twice`);
    this.samples.set(id, sample);
  }

  async #now(): Promise<number> {
    return (await redisNow(this.redis)) + this.#runner.shift;
  }

  async #reborn(seat: number): Promise<void> {
    const former = this.#workers[seat];
    if (former !== undefined) this.#former.push(former);
    this.#lives += 1;
    const worker = new VirtualWorker(`w${seat}~${this.#lives}`, this.#runner);
    this.#workers[seat] = worker;
    await this.#join(worker);
  }

  async #join({ wire }: VirtualWorker): Promise<void> {
    await this.#runner.run(join, { worker: wire, info: '{}', lease });
  }

  #outcomes(worker: VirtualWorker, many: number): readonly SettleItem[] {
    return [...worker.held].slice(0, many).map(([id, claim]) => {
      this.#turn += 1;
      return { id, claim, outcome: outcomeOf(this.#turn, { isUnique: this.#isUnique(id) }) };
    });
  }

  #ending(id: string, claim: number): SettleItem {
    return { id, claim, outcome: successOf(this.#isUnique(id)) };
  }

  #count({ settles }: StepInput, { verdicts }: StepReply): void {
    for (const [at, { id, outcome }] of settles.entries()) {
      const isResult = outcome.kind === 'succeed' || outcome.kind === 'fail';
      if (isResult && !verdicts.has(at)) this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    }
  }

  #isUnique(id: string): boolean {
    return this.samples.get(id)?.isUnique === true;
  }

  #idOf(which: number): string {
    return [...this.samples.keys()].at(-1 - which) ?? 'never';
  }
}

function startOf(start: 'now' | 'later' | 'past'): Start {
  switch (start) {
    case 'now':
      return { kind: 'now' };
    case 'later':
      return { kind: 'delay', ms: laterMs };
    case 'past':
      return { kind: 'at', at: 1 };
  }
}
