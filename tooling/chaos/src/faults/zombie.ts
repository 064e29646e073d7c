import {
  decodeTaskValue,
  enqueue,
  join,
  type QueueKeys,
  queueKeys,
  renew,
  type SettleItem,
  type SettleVerdict,
} from '@q/core/wire';
import { startRedisServer } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { itemOf, outcomeOf, type Sample, successOf } from '../model/sample-task.ts';
import { createScriptRunner, type ScriptRunner } from '../model/script-runner.ts';
import { lease, VirtualWorker } from '../model/virtual-worker.ts';
import { type Fault, unless } from './fault.ts';

/** Tasks in one call. */
const batch = 100;
const mostTurns = 100;

/**
 * The worker of `@q/worker` drops its results itself when it finds that it was taken over, so the settles are sent here
 * as one would send them that has not noticed: with every outcome, while the task waits again, while another holds it,
 * and when it has ended.
 */
export const zombie: Fault = {
  name: 'zombie',
  promise: '1,000 settles of a worker that was taken over: none is accepted, no result changes',
  sizes: { small: 300, gate: 1_000, full: 1_000 },
  play: async (size) => {
    await using server = await startRedisServer();
    const redis = new Redis(server.url);
    const keys = queueKeys('zombie');
    const runner = createScriptRunner({ redis, keys });
    const [victim, heir] = ['victim~1', 'heir~1'].map((wire) => new VirtualWorker(wire, runner));
    if (victim === undefined || heir === undefined) throw new Error('two workers were made');
    for (const { wire } of [victim, heir]) await runner.run(join, { worker: wire, info: '{}', lease });
    await enqueueAll(runner, size);
    await claimAll(victim, size);
    const lost = [...victim.held];
    await takeOver(runner, { redis, keys, heir });
    const third = Math.ceil(size / 3);
    const refused = await settleAll(victim, lost.slice(0, third));
    await claimAll(heir, size);
    const held = await settleAll(victim, lost.slice(third, 2 * third));
    const won = [...heir.held].map(([id, claim]) => ({ id, claim, outcome: successOf(false) }));
    for (let at = 0; at < won.length; at += batch) await heir.settle(won.slice(at, at + batch));
    const ended = await settleAll(victim, lost.slice(2 * third));
    const settles = lost.length;
    const accepted = settles - refused - held - ended;
    const changed = await notOf(heir.wire, { redis, keys, ids: lost.map(([id]) => id) });
    redis.disconnect();
    return {
      figures: { settles, accepted, changed },
      broken: unless([
        [settles === size, `${settles} of ${size} were settled`],
        [accepted === 0, `${accepted} settles of a zombie were accepted`],
        [changed === 0, `${changed} results are not those of the worker that took over`],
      ]),
    };
  },
};

async function enqueueAll(runner: ScriptRunner, size: number): Promise<void> {
  const samples = Array.from(
    { length: size },
    (_, n): Sample => ({ id: `t${n}`, nonce: `n${n}`, isUnique: false, start: { kind: 'now' } }),
  );
  for (let at = 0; at < size; at += batch) {
    const items = samples.slice(at, at + batch).map(itemOf);
    await runner.run(enqueue, { notAfter: Number.MAX_SAFE_INTEGER, items });
  }
}

async function claimAll(worker: VirtualWorker, size: number): Promise<void> {
  for (let turn = 0; worker.held.size < size && turn < mostTurns; turn += 1) {
    const { sent, reply } = await worker.step([], batch);
    worker.absorb(sent, reply);
  }
}

interface Handover {
  readonly redis: Redis;
  readonly keys: QueueKeys;
  readonly heir: VirtualWorker;
}

/** The victim is silent for longer than its lease. */
async function takeOver(runner: ScriptRunner, { redis, keys, heir }: Handover): Promise<void> {
  for (let turn = 0; turn < mostTurns && (await redis.hlen(keys.running)) > 0; turn += 1) {
    runner.shift += lease / 4;
    await runner.run(renew, { worker: heir.wire, lease });
  }
}

let turns = 0;

/** Answers how many were refused. */
async function settleAll(
  worker: VirtualWorker,
  lost: ReadonlyArray<readonly [string, number]>,
): Promise<number> {
  let refused = 0;
  for (let at = 0; at < lost.length; at += batch) {
    const settles = lost.slice(at, at + batch).map(([id, claim]): SettleItem => {
      turns += 1;
      return { id, claim, outcome: outcomeOf(turns, { isUnique: false }) };
    });
    const { verdicts } = (await worker.settle(settles)).reply;
    refused += settles.filter(({ outcome }, index) => isRefusal(verdicts.get(index), outcome)).length;
  }
  return refused;
}

/** Handing back what one does not hold is a repeat, as far as Redis knows; of all else it would be an acceptance. */
function isRefusal(verdict: SettleVerdict | undefined, { kind }: SettleItem['outcome']): boolean {
  return verdict === 'lost' || (verdict === 'already' && kind === 'release');
}

/** How many results are not those of this worker. */
async function notOf(
  wire: string,
  { redis, keys, ids }: { readonly redis: Redis; readonly keys: QueueKeys; readonly ids: readonly string[] },
): Promise<number> {
  const values = await redis.mgetBuffer(...ids.map((id) => keys.task(id)));
  return values.filter((bytes) => {
    const value = bytes === null ? null : decodeTaskValue(bytes);
    return value?.kind !== 'finished' || value.worker !== wire;
  }).length;
}
