import { uniqueLock } from '../../protocol/lock.ts';
import { noTries } from '../../protocol/tries.ts';
import { abort } from '../abort.ts';
import { audit } from '../audit.ts';
import { define } from '../define.ts';
import { enqueue } from '../enqueue.ts';
import { fire } from '../fire.ts';
import { held } from '../held.ts';
import { join } from '../join.ts';
import { leave } from '../leave.ts';
import { read } from '../read.ts';
import { renew } from '../renew.ts';
import type { SettleItem } from '../settle-item.ts';
import { type StepInput, step } from '../step.ts';
import { survey } from '../survey.ts';
import { unwatch } from '../unwatch.ts';
import { watch } from '../watch.ts';
import { damaged } from './damaged-queue.ts';
import { lease, type QueueUnderTest, settlesOf, stepInput } from './queue-under-test.ts';
import type { BoundCall } from './run-script.ts';
import { sampleItem, sampleResult } from './sample-values.ts';

/** One call of a script that has much to do: what the generated tests are made of. */
export interface ScriptSample {
  readonly title: string;
  /** New work, which a full Redis refuses. */
  readonly isNewWork: boolean;
  /** What the call settles; nothing for most. */
  readonly settles?: readonly SettleItem[];
  /** Brings the queue into the state that the call meets. */
  readonly prepare: (queue: QueueUnderTest) => Promise<BoundCall>;
}

const anyTime = Number.MAX_SAFE_INTEGER;
const tried = { ...noTries, tries: 1, attempts: 1 };
const soon = { kind: 'delay', ms: 1_000 } as const;
const lock = uniqueLock('report');

/** Nothing but results of tasks that `w1` holds by its claim 1, as nearly all calls of a busy worker. */
const plainResults: readonly SettleItem[] = settlesOf(1, {
  ok: sampleResult('succeed'),
  failed: sampleResult('fail'),
  brief: sampleResult('succeed', { ttl: 1_000 }),
  kept: sampleResult('succeed', { ttl: null }),
});

async function busy(queue: QueueUnderTest): Promise<BoundCall> {
  await queue.join('w1');
  await queue.put(plainResults.map(({ id }) => id));
  await queue.take('w1', plainResults.length);
  await queue.put(['next', 'after', 'left']);
  const wishes = { acked: 1, want: 2, finished: [1], listens: 'bell', settles: plainResults } as const;
  return queue.bind(step, stepInput('w1', wishes));
}

/** One settle of every kind, for tasks that `w1` holds by its claim 1. */
const everyOutcome: readonly SettleItem[] = settlesOf(1, {
  ok: sampleResult('succeed'),
  failed: sampleResult('fail', { lock, keepLock: true }),
  aborted: { kind: 'abort', tries: tried, lock: '', keepLock: false },
  malformed: { kind: 'malformed' },
  later: { kind: 'retry', start: soon, tries: tried, error: '{}', lock: '' },
  again: { kind: 'retry', start: { kind: 'now' }, tries: tried, error: '{}', lock: '' },
  untouched: { kind: 'release', tries: null, lock: '' },
  stopped: { kind: 'release', tries: tried, lock: '' },
  unknown: { kind: 'unknown', tries: noTries, backoff: 1_000, grace: 60_000 },
  asked: { kind: 'retry', start: soon, tries: tried, error: '{}', lock: '' },
  opened: { kind: 'unlock', lock: 'opened' },
});

async function settling(queue: QueueUnderTest, wishes: Partial<StepInput>): Promise<BoundCall> {
  await queue.join('w1', 'w2');
  const ids = everyOutcome.map(({ id }) => id);
  await queue.enqueue(...ids.map((id) => sampleItem(id, id === 'failed' ? { lock, lockMode: 'u' } : {})));
  await queue.take('w1', ids.length);
  await queue.run(abort, { id: 'asked', notAfter: anyTime });
  await queue.run(watch, { client: 'c1', ids: ['ok', 'asked', 'failed'] });
  await queue.redis.hset(queue.keys.unique, 'opened', 'opened,w1|1,1');
  await queue.put(['next', 'after', 'left']);
  await queue.put(['loser'], { lock, lockMode: 'u' });
  return queue.bind(step, stepInput('w1', { ...wishes, settles: everyOutcome }));
}

/** `w1` has died over five tasks of every fate, and one task is due. */
async function neglected(queue: QueueUnderTest): Promise<void> {
  await queue.join('w1', 'w2');
  await queue.put(['plain', 'second', 'third', 'asked']);
  await queue.put(['locked'], { lock, lockMode: 'u' });
  await queue.redis.hset(queue.keys.tries, { second: '0,1,1,,', third: '0,2,2,,' });
  await queue.redis.rpush(queue.keys.history('third'), '{}');
  await queue.take('w1', 5);
  await queue.run(abort, { id: 'asked', notAfter: anyTime });
  await queue.run(watch, { client: 'c1', ids: ['third'] });
  await queue.lapseAllBut('w2');
  await queue.enqueue(
    sampleItem('due', { start: soon }),
    sampleItem('later', { start: { kind: 'delay', ms: 900_000 } }),
  );
  queue.later(2_000);
}

async function scheduled(queue: QueueUnderTest): Promise<void> {
  const definition = {
    worker: 'w1',
    startedAt: 1,
    name: 'nightly',
    hash: 'h1',
    definition: '{}',
    slot: 5_000,
  };
  await queue.run(define, definition);
}

const workers: readonly ScriptSample[] = [
  {
    title: 'join',
    isNewWork: false,
    prepare: async (queue) => queue.bind(join, { worker: 'w1', info: '{}', lease }),
  },
  { title: 'step of a busy worker', isNewWork: false, settles: plainResults, prepare: busy },
  {
    title: 'step that settles and claims',
    isNewWork: false,
    settles: everyOutcome,
    prepare: async (queue) => await settling(queue, { acked: 1, want: 3, finished: [1], listens: 'bell' }),
  },
  {
    title: 'step that only settles',
    isNewWork: false,
    settles: everyOutcome,
    prepare: async (queue) => await settling(queue, {}),
  },
  {
    title: 'step that only tends',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(step, stepInput('w2', { tend: true }));
    },
  },
  {
    title: 'step that tends and claims',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      await queue.put(['ready']);
      return queue.bind(step, stepInput('w2', { want: 2, tend: true, listens: 'inbox' }));
    },
  },
  {
    title: 'renew',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(renew, { worker: 'w2', lease });
    },
  },
  {
    title: 'held',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(held, { worker: 'w1' });
    },
  },
  {
    title: 'leave',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(leave, { worker: 'w1' });
    },
  },
  {
    title: 'define',
    isNewWork: true,
    prepare: async (queue) => {
      await scheduled(queue);
      queue.later(3_700_000);
      const definition = { startedAt: 2, name: 'hourly', hash: 'h2', definition: '{}', slot: 5_000 };
      return queue.bind(define, { worker: 'w1', ...definition });
    },
  },
  {
    title: 'fire',
    isNewWork: false,
    prepare: async (queue) => {
      await scheduled(queue);
      const occurrence = { id: 'cron:nightly:5000', value: String(sampleItem('').value), exclusive: true };
      return queue.bind(fire, {
        name: 'nightly',
        hash: 'h1',
        due: 5_000,
        slot: 5_000,
        next: 6_000,
        ...occurrence,
      });
    },
  },
];

function abortSample(title: string, id: string): ScriptSample {
  const prepare = async (queue: QueueUnderTest): Promise<BoundCall> => {
    await queue.join('w1');
    await queue.put(['running', 'waiting']);
    await queue.take('w1', 1);
    await queue.enqueue(sampleItem('planned', { start: soon }));
    await queue.redis.hset(queue.keys.tries, { planned: '1,1,0,,' });
    await queue.run(watch, { client: 'c1', ids: ['running', 'waiting', 'planned'] });
    return queue.bind(abort, { id, notAfter: anyTime });
  };
  return { title, isNewWork: false, prepare };
}

const clients: readonly ScriptSample[] = [
  {
    title: 'enqueue',
    isNewWork: true,
    prepare: async (queue) =>
      queue.bind(enqueue, {
        notAfter: anyTime,
        items: [sampleItem('a'), sampleItem('b', { start: soon }), sampleItem('c', { nonce: 'n' })],
      }),
  },
  {
    title: 'enqueue of some that are known',
    isNewWork: true,
    prepare: async (queue) => {
      await queue.put(['known']);
      await queue.redis.del(queue.keys.bell);
      const items = [
        sampleItem('known', { nonce: 'mine' }),
        sampleItem('new'),
        sampleItem('planned', { start: soon }),
      ];
      return queue.bind(enqueue, { notAfter: anyTime, items });
    },
  },
  abortSample('abort of a task that waits', 'waiting'),
  abortSample('abort of a scheduled task', 'planned'),
  abortSample('abort of a running task', 'running'),
  {
    title: 'watch',
    isNewWork: false,
    prepare: async (queue) => {
      await queue.put(['a', 'b']);
      return queue.bind(watch, { client: 'c1', ids: ['a', 'b', 'never'] });
    },
  },
  {
    title: 'unwatch',
    isNewWork: false,
    prepare: async (queue) => {
      await queue.put(['a', 'b']);
      await queue.run(watch, { client: 'c1', ids: ['a', 'b'] });
      await queue.run(watch, { client: 'c2', ids: ['b'] });
      return queue.bind(unwatch, { client: 'c1', ids: ['a', 'b'] });
    },
  },
  {
    title: 'read',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(read, { ids: ['plain', 'due', 'never'] });
    },
  },
];

const auditors: readonly ScriptSample[] = [
  {
    title: 'audit',
    isNewWork: false,
    prepare: async (queue) => {
      const ids = await damaged(queue);
      const others = [
        { kind: 'lock', name: 'nobody' },
        { kind: 'schedule', name: 'nightly' },
        { kind: 'schedule', name: 'hourly' },
        { kind: 'worker', name: 'w1' },
      ] as const;
      const records = ids.map((id) => (id === 'tried' ? '2,2,2,,' : ''));
      const lists = { kind: 'search', records } as const;
      return queue.bind(audit, { ids, others, repairs: true, lists, allEnd: false, lease });
    },
  },
  {
    title: 'survey',
    isNewWork: false,
    prepare: async (queue) => {
      await neglected(queue);
      return queue.bind(survey, { of: { kind: 'keys' }, cursor: '0', count: 1_000 });
    },
  },
];

export const scriptSamples: readonly ScriptSample[] = [...workers, ...clients, ...auditors];
