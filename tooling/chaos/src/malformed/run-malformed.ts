import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@q/client';
import { decodeTaskValue, type QueueKeys, queueKeys } from '@q/core/wire';
import { startRedisServer, until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { seededRandom } from '../nemesis/random.ts';
import { type Child, startWorker } from '../processes/child.ts';
import { plain } from '../workload/tasks.ts';
import { type HostileValue, hostileValue } from './hostile-value.ts';

export interface MalformedOptions {
  readonly count: number;
  readonly seed: number;
}

export interface MalformedReport extends MalformedOptions {
  /** Ended as `m`. */
  readonly malformed: number;
  /** Wait for a worker that knows more. */
  readonly deferred: number;
  /** Of both: every byte is still there. */
  readonly kept: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly workerExits: number;
  readonly pid: number;
  /** Whether the same worker ran a good task afterwards, and ended with 0 when it was told to. */
  readonly worksAfterwards: boolean;
  /** What is in Redis in the end that should not be. */
  readonly leftBehind: readonly string[];
  readonly seconds: number;
  readonly violations: readonly string[];
}

/** Values that Redis holds at a time: a run of any size needs the same memory. */
const batchSize = 5_000;
const mostViolations = 20;
const lease = 10_000;

interface Sent extends HostileValue {
  readonly id: string;
}

/** Puts values that no producer writes into Redis, lets one worker process meet them all, and looks at what became of each. */
export async function runMalformed(
  options: MalformedOptions,
  log: (line: string) => void,
): Promise<MalformedReport> {
  await using server = await startRedisServer();
  const ledgers = await mkdtemp(join(tmpdir(), 'q-malformed-'));
  const redis = new Redis(server.url);
  const worker = startWorker({
    redis: { kind: 'server', url: server.url },
    queue,
    ledgers,
    name: 'worker',
    defect: null,
    concurrency: 32,
    lease,
    gracePeriod: 1_000,
    cron: null,
  });
  try {
    return await new Run(options, { url: server.url, redis, worker, log }).play();
  } finally {
    worker.signal('SIGKILL');
    await worker.exited;
    redis.disconnect();
    await rm(ledgers, { recursive: true, force: true });
  }
}

const queue = 'malformed';
const keys: QueueKeys = queueKeys(queue);

interface Parts {
  readonly url: string;
  readonly redis: Redis;
  readonly worker: Child;
  readonly log: (line: string) => void;
}

class Run {
  readonly #options: MalformedOptions;
  readonly #parts: Parts;
  readonly #byKind = new Map<string, number>();
  readonly #violations: string[] = [];
  #malformed = 0;
  #deferred = 0;
  #kept = 0;

  constructor(options: MalformedOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async play(): Promise<MalformedReport> {
    const { count, seed } = this.#options;
    const { worker, log } = this.#parts;
    const random = seededRandom(seed);
    const begunAt = performance.now();
    for (let from = 0; from < count && !worker.hasExited(); from += batchSize) {
      const size = Math.min(batchSize, count - from);
      const sent = Array.from({ length: size }, (_, at): Sent => {
        return { id: `t${from + at}`, ...hostileValue(from + at, random) };
      });
      await this.#put(sent);
      await this.#whenEaten();
      await this.#judge(sent);
      if ((from / batchSize) % 20 === 19) log(`${from + size} of ${count}`);
    }
    const seconds = Math.round((performance.now() - begunAt) / 100) / 10;
    const workerExits = worker.hasExited() ? 1 : 0;
    // A deferred one may have become due just before it was deleted: the worker finds that it is gone, and drops it.
    await this.#whenEaten();
    const leftBehind = await this.#leftBehind();
    return {
      ...this.#options,
      malformed: this.#malformed,
      deferred: this.#deferred,
      kept: this.#kept,
      byKind: Object.fromEntries(this.#byKind),
      workerExits,
      pid: worker.pid,
      worksAfterwards: workerExits === 0 && (await this.#worksAfterwards()),
      leftBehind,
      seconds,
      violations: this.#violations,
    };
  }

  async #put(sent: readonly Sent[]): Promise<void> {
    const pipeline = this.#parts.redis.pipeline();
    for (const { id, value } of sent) pipeline.set(keys.task(id), value).lpush(keys.ready, id);
    pipeline.lpush(keys.bell, '1').ltrim(keys.bell, 0, 0);
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }

  async #whenEaten(): Promise<void> {
    const { redis, worker } = this.#parts;
    const look = async (): Promise<true | undefined> => {
      const open = (await redis.llen(keys.ready)) + (await redis.hlen(keys.running));
      return open === 0 || worker.hasExited() ? true : undefined;
    };
    await until(look, { what: 'a batch was eaten', within: 60_000, every: 5 });
  }

  async #judge(sent: readonly Sent[]): Promise<void> {
    const { redis } = this.#parts;
    const ids = sent.map(({ id }) => id);
    const [values, records] = await Promise.all([
      redis.mgetBuffer(ids.map((id) => keys.task(id))),
      redis.hmget(keys.tries, ...ids),
    ]);
    for (const [at, each] of sent.entries()) this.#judgeOne(each, values[at] ?? null, records[at] ?? '');
    const pipeline = redis.pipeline().del(ids.map((id) => keys.task(id)));
    await pipeline
      .zrem(keys.due, ids)
      .hdel(keys.tries, ...ids)
      .exec();
  }

  #judgeOne({ kind, id, value, owed }: Sent, stored: Buffer | null, record: string): void {
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    const found = stored === null ? null : becameOf(value, stored, record);
    if (found === null) {
      this.#violate(`${id} (${kind}) is ${stored === null ? 'gone' : 'neither malformed nor deferred'}`);
      return;
    }
    if (found.isKept) this.#kept += 1;
    else this.#violate(`${id} (${kind}) has lost bytes`);
    if (found.end === 'malformed') this.#malformed += 1;
    else this.#deferred += 1;
    if (found.end !== owed) this.#violate(`${id} (${kind}) is ${found.end}, not ${owed}`);
  }

  #violate(text: string): void {
    if (this.#violations.length < mostViolations) this.#violations.push(text);
  }

  async #leftBehind(): Promise<string[]> {
    const { redis } = this.#parts;
    const left = (await redis.keys('*')).filter((key) => !allowed.some((pattern) => pattern.test(key)));
    return left.map((key) => key.slice(keys.task('').length - 'task:'.length)).sort();
  }

  async #worksAfterwards(): Promise<boolean> {
    const { url, worker } = this.#parts;
    await using client = createClient({ redis: url, queue });
    const result = await (await client.enqueue(plain, 1)).result({ timeout: '10s' });
    worker.signal('SIGTERM');
    const { code } = await worker.exited;
    return result.success && code === 0;
  }
}

/** Place of that moment in a tries record. */
const firstUnknown = 3;

/** What a queue without tasks keeps. */
const allowed = [
  keys.meta,
  keys.workers,
  keys.bell,
  keys.worker('.+'),
  keys.claims('.+'),
  keys.inbox('.+'),
].map((key) => new RegExp(`^${key.replace(/[{}]/g, '\\$&')}$`));

/** `null`: neither of both. */
function becameOf(
  value: Buffer,
  stored: Buffer,
  record: string,
): { readonly end: 'malformed' | 'deferred'; readonly isKept: boolean } | null {
  const task = decodeTaskValue(stored);
  if (task?.kind === 'finished' && task.code === 'm')
    return { end: 'malformed', isKept: task.body.equals(value) };
  // It may be met again at any moment, so only what is remembered of it says that it was.
  if (task?.kind !== 'pending' || (record.split(',')[firstUnknown] ?? '') === '') return null;
  return { end: 'deferred', isKept: stored.subarray(1).equals(value.subarray(1)) };
}
