import { decodeResult, decodeTaskValue, type FinishedTask, type QueueKeys } from '@q/core/wire';
import { audit, type Finding } from '@q/worker/auditor';
import type { Redis } from 'ioredis';
import { digestOfStored } from '../workload/digest.ts';

export type StoredTask =
  | { readonly kind: 'pending'; readonly state: string }
  | {
      readonly kind: 'finished';
      readonly code: string;
      readonly digest: string;
      /** As the worker or script wrote it. */
      readonly tries: number;
      /** ms; -1 when it stays for ever. */
      readonly ttl: number;
    }
  | { readonly kind: 'unreadable' };

/** Everything that a queue has in Redis at one moment. */
export interface QueueState {
  readonly tasks: ReadonlyMap<string, StoredTask>;
  readonly ready: readonly string[];
  readonly suspects: readonly string[];
  /** id → tag */
  readonly running: ReadonlyMap<string, string>;
  readonly due: ReadonlySet<string>;
  readonly tries: ReadonlySet<string>;
  readonly aborts: ReadonlySet<string>;
  readonly watched: ReadonlySet<string>;
  /** lock → id, tag, since */
  readonly unique: ReadonlyMap<string, string>;
  readonly workers: ReadonlySet<string>;
  readonly dead: ReadonlySet<string>;
  /** worker → claim number → ids */
  readonly claims: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** History lists by task, and how long they stay (ms; -1 for ever). */
  readonly histories: ReadonlyMap<string, number>;
  /** All keys, without the queue's prefix. */
  readonly keys: readonly string[];
  /** Of an audit that repairs nothing. */
  readonly findings: readonly Finding[];
}

const page = 1_000;
const none: ReadonlySet<string> = new Set();

/**
 * Reads it bit by bit: nothing may be working on the queue meanwhile.
 *
 * @param isWanted - tasks whose keys are read; all other keys are read in any case
 */
export async function readQueueState(
  redis: Redis,
  keys: QueueKeys,
  isWanted: (id: string) => boolean = () => true,
): Promise<QueueState> {
  const prefix = keys.running.slice(0, -'running'.length);
  const isRead = (name: string): boolean => {
    const [, id] = /^(?:task|history):(.*)$/.exec(name) ?? [];
    return id === undefined || isWanted(id);
  };
  const names = await scanAll(redis, prefix, isRead);
  const after = (start: string): string[] =>
    names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  const claims = after('claims:').map(
    async (worker) => [worker, await mapAt(redis, keys.claims(worker))] as const,
  );
  const histories = after('history:').map(async (id) => [id, await redis.pttl(keys.history(id))] as const);
  const [tasks, running, unique, ready, suspects] = await Promise.all([
    readTasks(redis, keys, after('task:')),
    mapAt(redis, keys.running),
    mapAt(redis, keys.unique),
    redis.lrange(keys.ready, 0, -1),
    redis.lrange(keys.suspects, 0, -1),
  ]);
  const [due, workers, dead] = await Promise.all(
    [keys.due, keys.workers, keys.dead].map(async (key) => new Set(await redis.zrange(key, '0', '-1'))),
  );
  const [tries, aborts, watched] = await Promise.all(
    [keys.tries, keys.aborts, keys.watch].map(async (key) => new Set(await redis.hkeys(key))),
  );
  const { findings } = await audit({ redis, queue: keys.queue, allEnd: true });
  return {
    findings,
    ...{ keys: names, tasks, running, unique, ready, suspects },
    ...{ due: due ?? none, workers: workers ?? none, dead: dead ?? none },
    ...{ tries: tries ?? none, aborts: aborts ?? none, watched: watched ?? none },
    claims: new Map(await Promise.all(claims)),
    histories: new Map(await Promise.all(histories)),
  };
}

async function mapAt(redis: Redis, key: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(await redis.hgetall(key)));
}

/** Without the prefix. */
async function scanAll(
  redis: Redis,
  prefix: string,
  isRead: (name: string) => boolean,
): Promise<readonly string[]> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, some] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', page);
    for (const key of some) {
      const name = key.slice(prefix.length);
      if (isRead(name)) found.add(name);
    }
    cursor = next;
  } while (cursor !== '0');
  return [...found].toSorted();
}

async function readTasks(
  redis: Redis,
  keys: QueueKeys,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredTask>> {
  const tasks = new Map<string, StoredTask>();
  for (let at = 0; at < ids.length; at += page) {
    const some = ids.slice(at, at + page);
    const values = await redis.mgetBuffer(...some.map((id) => keys.task(id)));
    const ttls = await Promise.all(some.map((id) => redis.pttl(keys.task(id))));
    for (const [index, id] of some.entries()) {
      tasks.set(id, readTask(values[index] ?? null, ttls[index] ?? -2));
    }
  }
  return tasks;
}

function readTask(bytes: Buffer | null, ttl: number): StoredTask {
  const value = bytes === null ? null : decodeTaskValue(bytes);
  if (value === null) return { kind: 'unreadable' };
  if (value.kind === 'pending') return { kind: 'pending', state: value.state };
  return { kind: 'finished', code: value.code, digest: digestOfStored(value), tries: triesOf(value), ttl };
}

/** The header counts what a script ended, the body what a worker did. */
function triesOf(finished: FinishedTask): number {
  const { code } = finished;
  return code === '+' || code === '-' ? (decodeResult(finished)?.tries ?? 0) : finished.tries;
}
