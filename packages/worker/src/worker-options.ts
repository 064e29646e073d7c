import { hostname } from 'node:os';
import type { RedisSource } from '@q/client/port';
import { type Codec, ConfigError, type Duration, defaultCodec } from '@q/core';
import {
  parseDuration,
  requireCodec,
  requireKnownOptions,
  requireLabel,
  requireQueueName,
  shown,
} from '@q/core/wire';
import type { Lifespan } from './lifespan.ts';
import { type Logger, stderrLogger } from './log.ts';

/** Durations are milliseconds or texts such as `'30s'`. */
export interface WorkerOptions<Deps = undefined> {
  /** A URL, the options of ioredis, or an instance of it (5 or 6), which stays yours to close. */
  readonly redis: RedisSource;
  /** @default 'default' */
  readonly queue?: string;
  /** Names this process for people, in results and logs; need not be unique. @default the host's name */
  readonly id?: string;
  /** How arguments and results become bytes; the same as in the clients. @default the codec of @q/core */
  readonly codec?: Codec;
  /** Tasks run at the same time in this process. @default 32 */
  readonly concurrency?: number;
  /**
   * Tasks claimed ahead of free slots, at most: as many as make a few ms of work, going by how quickly tasks end here,
   * and none when they take long; up to 1,000. 0 claims only into free slots.
   * @default 400
   */
  readonly prefetch?: number;
  /** IANA zone in which crontabs are read. @default 'UTC' */
  readonly tz?: string;
  /** How long this worker may be silent before others take over what it runs; 1 second to 1 hour. @default '30s' */
  readonly lease?: Duration;
  /** How long a stopping worker waits for its handlers before it aborts them and hands their tasks back. @default '25s' */
  readonly gracePeriod?: Duration;
  /** How long a handler that was aborted or timed out, and does not end, keeps its slot. @default '1m' */
  readonly abandonAfter?: Duration;
  /** How long a handler may block the event loop before the lease is no longer renewed for it. @default '5m' */
  readonly maxBlock?: Duration;
  /** Where warnings, errors and more are written. @default one JSON line per warning and error, on stderr */
  readonly logger?: Logger;
  /** Work on a server that may delete tasks when memory runs short (a `maxmemory-policy` other than `noeviction`). @default false */
  readonly allowEviction?: boolean;
  /** Set-up, one `yield` of what handlers find in `ctx.deps`, tear-down. @default none */
  readonly lifespan?: Lifespan<Deps>;
}

/** Worker options after defaults, durations in ms. */
export interface ResolvedWorkerOptions {
  readonly redis: RedisSource;
  readonly queue: string;
  readonly label: string;
  readonly codec: Codec;
  readonly concurrency: number;
  readonly prefetch: number;
  readonly tz: string;
  readonly lease: number;
  readonly gracePeriod: number;
  readonly abandonAfter: number;
  readonly maxBlock: number;
  readonly logger: Logger;
  readonly allowEviction: boolean;
  readonly lifespan: Lifespan<unknown> | null;
}

/** What stands in the docstrings above. */
export const workerDefaults: Required<Omit<WorkerOptions, 'redis' | 'id' | 'codec' | 'logger' | 'lifespan'>> =
  {
    queue: 'default',
    concurrency: 32,
    prefetch: 400,
    tz: 'UTC',
    lease: '30s',
    gracePeriod: '25s',
    abandonAfter: '1m',
    maxBlock: '5m',
    allowEviction: false,
  };

/** Without a value that can be written down. */
const otherOptions = ['redis', 'id', 'codec', 'logger', 'lifespan'];
const mostConcurrency = 10_000;
const mostPrefetch = 1_000;
/** A timer of Node.js counts in 31 bits. */
const longestWait = 2_147_483_647;

/** The only place where a default is applied or an option is refused. @throws ConfigError */
export function resolveWorkerOptions<Deps>(given: WorkerOptions<Deps>): ResolvedWorkerOptions {
  if (typeof given !== 'object' || given === null) throw missingRedis();
  requireKnown(given);
  // Destructuring, because an explicit undefined must not erase a default.
  const { redis, id = hostLabel(), codec = defaultCodec, logger = stderrLogger, lifespan = null } = given;
  const {
    queue = workerDefaults.queue,
    concurrency = workerDefaults.concurrency,
    prefetch = workerDefaults.prefetch,
    tz = workerDefaults.tz,
    lease = workerDefaults.lease,
  } = given;
  const {
    gracePeriod = workerDefaults.gracePeriod,
    abandonAfter = workerDefaults.abandonAfter,
    maxBlock = workerDefaults.maxBlock,
  } = given;
  const { allowEviction = workerDefaults.allowEviction } = given;
  if (redis === undefined || redis === null) throw missingRedis();
  return {
    redis,
    queue: requireQueueName(queue),
    label: requireLabel(id),
    codec: requireCodec(codec),
    concurrency: requireWhole('concurrency', concurrency, 1, mostConcurrency),
    prefetch: requireWhole('prefetch', prefetch, 0, mostPrefetch),
    tz: requireZone(tz),
    lease: requireDuration('lease', lease, 1_000, 3_600_000),
    gracePeriod: requireDuration('gracePeriod', gracePeriod, 0, longestWait),
    abandonAfter: requireDuration('abandonAfter', abandonAfter, 0, longestWait),
    maxBlock: requireDuration('maxBlock', maxBlock, 1_000, longestWait),
    logger: requireLogger(logger),
    allowEviction: requireBoolean('allowEviction', allowEviction),
    lifespan: lifespan === null ? null : requireFunction('lifespan', lifespan),
  };
}

/** Options of `stop()`: the grace period in ms. @throws ConfigError */
export function resolveGracePeriod(given: Duration | undefined, usual: number): number {
  return given === undefined ? usual : requireDuration('gracePeriod', given, 0, longestWait);
}

function missingRedis(): ConfigError {
  return new ConfigError(
    'worker option "redis" is missing: a URL, the options of ioredis, or an instance of it; for example ' +
      "createWorker({ redis: 'redis://localhost:6379' })",
  );
}

function requireKnown(given: object): void {
  const known = [...otherOptions, ...Object.keys(workerDefaults)];
  requireKnownOptions(given, known, (option) => `worker option "${option}"`);
}

/** Host names may hold what labels may not. */
function hostLabel(): string {
  return (
    hostname()
      .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
      .slice(0, 64) || 'worker'
  );
}

function requireWhole(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new ConfigError(
    `worker option "${name}" must be a whole number from ${least} to ${most}; got ${shown(value)}`,
  );
}

function requireDuration(name: string, value: unknown, least: number, most: number): number {
  const ms = parseDuration(value, `worker option "${name}"`);
  if (ms >= least && ms <= most) return ms;
  throw new ConfigError(`worker option "${name}" must be ${least} to ${most} ms; got ${shown(value)}`);
}

function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ConfigError(`worker option "${name}" must be true or false; got ${shown(value)}`);
}

function requireFunction<Given>(name: string, value: Given): Given {
  if (typeof value === 'function') return value;
  throw new ConfigError(`worker option "${name}" must be a function; got ${shown(value)}`);
}

function requireLogger(logger: Logger): Logger {
  const missing = (['debug', 'info', 'warn', 'error'] as const).find(
    (level) => typeof logger?.[level] !== 'function',
  );
  if (missing === undefined) return logger;
  throw new ConfigError(
    `worker option "logger" has no ${missing}(); it needs debug, info, warn and error, as pino has them`,
  );
}

function requireZone(tz: unknown): string {
  try {
    if (typeof tz === 'string')
      return new Intl.DateTimeFormat('en', { timeZone: tz }).resolvedOptions().timeZone && tz;
  } catch {
    // Said below.
  }
  throw new ConfigError(`worker option "tz" must be an IANA zone such as 'Europe/Madrid'; got ${shown(tz)}`);
}
