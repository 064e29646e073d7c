import type { Fixtures } from '@q/testkit';
import { test as base } from '@q/testkit';
import type { Redis } from 'ioredis';
import type { TestAPI } from 'vitest';
import { type AclRole, aclRules, scriptsOf } from '../../acl.ts';
import type { luaSources } from '../../lua/sources.gen.ts';
import { type QueueKeys, queueKeys } from '../../protocol/keys.ts';
import { decodeTaskValue, type TaskValue } from '../../protocol/task-value.ts';
import { type EnqueueItem, type EnqueueReply, enqueue } from '../enqueue.ts';
import { join } from '../join.ts';
import { renew } from '../renew.ts';
import type { Script } from '../script.ts';
import type { SettleItem, SettleOutcome } from '../settle-item.ts';
import { type ClaimReply, type StepInput, type StepReply, step } from '../step.ts';
import { dumpQueue } from './dump-queue.ts';
import { type BoundCall, bindCall, type CallTarget, runScript } from './run-script.ts';
import { type SampleTask, sampleItem } from './sample-values.ts';

/** The lease of every worker in these tests, ms. */
export const lease = 60_000;

export type Claimed = Extract<ClaimReply, { kind: 'claimed' }>;

/** One queue with a clock of its own, seen through the script bindings. */
export interface QueueUnderTest {
  readonly redis: Redis;
  readonly name: string;
  readonly keys: QueueKeys;
  /** Moves the clock of every later call, ms; negative moves it back. */
  readonly later: (ms: number) => void;
  /** Redis time as the scripts see it, epoch ms. */
  readonly now: () => Promise<number>;
  readonly run: <Input, Reply>(script: Script<Input, Reply>, input: Input) => Promise<Reply>;
  readonly bind: <Input, Reply>(script: Script<Input, Reply>, input: Input) => BoundCall;
  readonly join: (...workers: string[]) => Promise<void>;
  readonly enqueue: (...items: EnqueueItem[]) => Promise<EnqueueReply>;
  /** Enqueues plain tasks that start now, in this order. */
  readonly put: (ids: readonly string[], sample?: SampleTask) => Promise<void>;
  readonly step: (worker: string, wishes?: Partial<StepInput>) => Promise<StepReply>;
  readonly take: (worker: string, want: number, wishes?: Partial<StepInput>) => Promise<Claimed>;
  readonly settle: (
    worker: string,
    claim: number,
    outcomes: Record<string, SettleOutcome>,
  ) => Promise<StepReply>;
  /** Lets the leases of all but the sweeper end, without an outage: the sweeper renews meanwhile. */
  readonly lapseAllBut: (sweeper: string) => Promise<void>;
  /** Ids in the order in which they would be claimed. */
  readonly ready: () => Promise<string[]>;
  readonly suspects: () => Promise<string[]>;
  readonly value: (id: string) => Promise<TaskValue | null>;
  readonly dump: () => Promise<string[]>;
}

/** `@q/testkit`'s test with a queue. */
export const test: TestAPI<Fixtures & { readonly queue: QueueUnderTest }> = base.extend<{
  readonly queue: QueueUnderTest;
}>({
  // Scripts are run by users who may do what clients or workers do, and nothing else: none may fail half way for want of
  // a permission, whatever branch it takes.
  queue: async ({ redis, queueName, redisUser, connect }, use) => {
    const name = queueName();
    const connectAs = async (role: AclRole): Promise<Redis> =>
      connect((await redisUser(aclRules({ role, queue: name }))).url);
    const runners = {
      client: await connectAs('client'),
      worker: await connectAs('worker'),
      auditor: await connectAs('auditor'),
    };
    await use(openQueue(redis, name, runners));
  },
});

export function settlesOf(claim: number, outcomes: Record<string, SettleOutcome>): SettleItem[] {
  return Object.entries(outcomes).map(([id, outcome]) => ({ id, claim, outcome }));
}

export function stepInput(worker: string, wishes: Partial<StepInput> = {}): StepInput {
  return {
    worker,
    lease,
    acked: 0,
    want: 0,
    holdsSuspect: false,
    tend: false,
    listens: 'none',
    finished: [],
    finishedInParts: [],
    settles: [],
    ...wishes,
  };
}

export function numberedIds(count: number, prefix = 't'): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(4, '0')}`);
}

/** Each script is run by the first that may. */
const roles: readonly AclRole[] = ['client', 'worker', 'auditor'];

type Runners = Readonly<Record<AclRole, Redis>>;

/** `redis` looks at the queue, the runners run the scripts of their roles, or `changed` ones in their place. */
export function openQueue(
  redis: Redis,
  name: string,
  runners: Runners = { client: redis, worker: redis, auditor: redis },
  changed: CallTarget['changed'] = {},
): QueueUnderTest {
  const keys = queueKeys(name);
  const targets = {
    client: { redis: runners.client, keys, shift: 0, changed },
    worker: { redis: runners.worker, keys, shift: 0, changed },
    auditor: { redis: runners.auditor, keys, shift: 0, changed },
  };
  const targetFor = (script: { readonly name: keyof typeof luaSources }): CallTarget =>
    targets[roles.find((role) => scriptsOf(role).includes(script.name)) ?? 'worker'];
  const run: QueueUnderTest['run'] = async (script, input) =>
    await runScript(targetFor(script), script, input);
  const now = async (): Promise<number> => {
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
    return seconds * 1_000 + Math.floor(micros / 1_000) + targets.worker.shift;
  };
  const later = (ms: number): void => {
    for (const role of roles) targets[role].shift += ms;
  };
  const enqueueAll = async (...items: EnqueueItem[]): Promise<EnqueueReply> =>
    await run(enqueue, { notAfter: (await now()) + 30_000, items });
  return {
    redis,
    name,
    keys,
    later,
    now,
    run,
    bind: (script, input) => bindCall(targetFor(script), script, input),
    enqueue: enqueueAll,
    ...workersOf(run, later, enqueueAll),
    ...stateOf(redis, keys),
  };
}

type Workers = Pick<QueueUnderTest, 'join' | 'put' | 'step' | 'take' | 'settle' | 'lapseAllBut'>;

function workersOf(
  run: QueueUnderTest['run'],
  later: QueueUnderTest['later'],
  enqueueAll: QueueUnderTest['enqueue'],
): Workers {
  const sendStep: QueueUnderTest['step'] = async (worker, wishes) =>
    await run(step, stepInput(worker, wishes));
  return {
    step: sendStep,
    join: async (...workers) => {
      for (const worker of workers) await run(join, { worker, info: '{}', lease });
    },
    put: async (ids, sample) => {
      await enqueueAll(...ids.map((id) => sampleItem(id, sample)));
    },
    take: async (worker, want, wishes) => {
      const { claim } = await sendStep(worker, { want, ...wishes });
      if (claim.kind !== 'claimed') throw new Error(`${worker} claims: ${claim.kind}`);
      return claim;
    },
    settle: async (worker, claim, outcomes) =>
      await sendStep(worker, { settles: settlesOf(claim, outcomes) }),
    lapseAllBut: async (sweeper) => {
      for (let third = 0; third < 2; third += 1) {
        later(lease / 3);
        await run(renew, { worker: sweeper, lease });
      }
      later(lease / 3 + 1);
    },
  };
}

type State = Pick<QueueUnderTest, 'ready' | 'suspects' | 'value' | 'dump'>;

function stateOf(redis: Redis, keys: QueueKeys): State {
  return {
    ready: async () => (await redis.lrange(keys.ready, 0, -1)).toReversed(),
    suspects: async () => (await redis.lrange(keys.suspects, 0, -1)).toReversed(),
    value: async (id) => {
      const bytes = await redis.getBuffer(keys.task(id));
      return bytes === null ? null : decodeTaskValue(bytes);
    },
    dump: async () => await dumpQueue(redis, keys.queue),
  };
}
