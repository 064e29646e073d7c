import { decodeResult, decodeTaskValue, type FinishedTask, type QueueKeys } from '@q/core/wire';
import { audit, type Finding } from '@q/worker/auditor';
import type { Redis } from 'ioredis';
import { prefixOf } from '../prefix-of.ts';
import { digestOfStored } from '../workload/digest.ts';

export type StoredTask =
  | { readonly kind: 'pending'; readonly state: string }
  | {
      readonly kind: 'finished';
      readonly code: string;
      readonly digest: string;
      /** Epoch ms. */
      readonly endedAt: number;
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
  readonly workers: ReadonlySet<string>;
  readonly dead: ReadonlySet<string>;
  /** worker → claim number → ids */
  readonly claims: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** History lists by task, and how long they stay (ms; -1 for ever). */
  readonly histories: ReadonlyMap<string, number>;
  /** All keys, without the queue's prefix. */
  readonly keys: readonly string[];
  /** Of an audit that repairs nothing, when there was one. */
  readonly findings: readonly Finding[];
}

export interface ReadOptions {
  /** Tasks whose keys are read; all other keys are read in any case. @default all */
  readonly isWanted?: (id: string) => boolean;
  /** Takes as long as all else. @default true */
  readonly audits?: boolean;
}

const page = 1_000;
/** What PTTL answers for a key that is not there. */
const gone = -2;
/** As many commands would take their caller longer than all else that is read here. */
const readTtls = `
local ttls = {}
for at, key in ipairs(KEYS) do ttls[at] = redis.call('PTTL', key) end
return ttls`;

/** Reads it bit by bit: nothing may be working on the queue meanwhile. */
export async function readQueueState(
  redis: Redis,
  keys: QueueKeys,
  { isWanted = () => true, audits = true }: ReadOptions = {},
): Promise<QueueState> {
  const prefix = prefixOf(keys);
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
  const membersOf = async (key: string): Promise<ReadonlySet<string>> =>
    new Set(await redis.zrange(key, '0', '-1'));
  const [tasks, histories, running, ready, suspects, due, workers, dead] = await Promise.all([
    readTasks(redis, keys, after('task:')),
    readHistories(redis, keys, after('history:')),
    mapAt(redis, keys.running),
    redis.lrange(keys.ready, 0, -1),
    redis.lrange(keys.suspects, 0, -1),
    membersOf(keys.due),
    membersOf(keys.workers),
    membersOf(keys.dead),
  ]);
  const findings = audits ? (await audit({ redis, queue: keys.queue, allEnd: true })).findings : [];
  return {
    ...{ keys: names, tasks, histories, running, ready, suspects, due, workers, dead },
    ...{ claims: new Map(await Promise.all(claims)), findings },
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
  for (const some of inPages(ids)) {
    const names = some.map((id) => keys.task(id));
    const [values, ttls] = await Promise.all([redis.mgetBuffer(...names), ttlsOf(redis, names)]);
    for (const [at, id] of some.entries()) tasks.set(id, readTask(values[at] ?? null, ttls[at] ?? gone));
  }
  return tasks;
}

async function readHistories(
  redis: Redis,
  keys: QueueKeys,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ttls = await ttlsOf(
    redis,
    ids.map((id) => keys.history(id)),
  );
  return new Map(ids.map((id, at) => [id, ttls[at] ?? gone]));
}

async function ttlsOf(redis: Redis, names: readonly string[]): Promise<readonly number[]> {
  const ttls: number[] = [];
  for (const some of inPages(names)) {
    const answer: unknown = await redis.eval(readTtls, some.length, ...some);
    if (Array.isArray(answer)) ttls.push(...answer.map(Number));
  }
  return ttls;
}

function* inPages(items: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < items.length; at += page) yield items.slice(at, at + page);
}

function readTask(bytes: Buffer | null, ttl: number): StoredTask {
  const value = bytes === null ? null : decodeTaskValue(bytes);
  if (value === null) return { kind: 'unreadable' };
  if (value.kind === 'pending') return { kind: 'pending', state: value.state };
  const { code, finishedAt: endedAt } = value;
  return { kind: 'finished', code, digest: digestOfStored(value), endedAt, tries: triesOf(value), ttl };
}

/** The header counts what a script ended, the body what a worker did. */
function triesOf(finished: FinishedTask): number {
  const { code } = finished;
  return code === '+' || code === '-' ? (decodeResult(finished)?.tries ?? 0) : finished.tries;
}
