import type { RedisSource } from '@q/client/port';
import { ConfigError, type Duration } from '@q/core';
import { parseDuration, requireKnownOptions, requireQueueName, shown } from '@q/core/wire';

export interface AuditOptions {
  /** A URL, the options of ioredis, or an instance of it (5 or 6), which stays yours to close. */
  readonly redis: RedisSource;
  /** @default 'default' */
  readonly queue?: string;
  /** Puts right what is found; otherwise nothing is written. @default false */
  readonly repair?: boolean;
  /** Most findings that the report lists; all are counted and repaired. @default 1000 */
  readonly limit?: number;
  /** No task of this queue has `ttl: null`, so a result without an end is a finding. @default false */
  readonly allEnd?: boolean;
  /** What a worker that holds tasks and has lost its lease gets; at least the longest `lease` of the workers. @default '30s' */
  readonly lease?: Duration;
  /** Ends the audit with its reason. @default none */
  readonly signal?: AbortSignal;
}

/** Audit options after defaults, the lease in ms. */
export interface ResolvedAuditOptions {
  readonly redis: RedisSource;
  readonly queue: string;
  readonly repair: boolean;
  readonly limit: number;
  readonly allEnd: boolean;
  readonly lease: number;
  readonly signal: AbortSignal | undefined;
}

/** What stands in the docstrings above. */
export const auditDefaults: Required<Omit<AuditOptions, 'redis' | 'signal'>> = {
  queue: 'default',
  repair: false,
  limit: 1_000,
  allEnd: false,
  lease: '30s',
};

const leastLease = 1_000;
const longestLease = 3_600_000;

/** The only place where a default is applied or an option is refused. @throws ConfigError */
export function resolveAuditOptions(given: AuditOptions): ResolvedAuditOptions {
  if (typeof given !== 'object' || given === null || given.redis === undefined || given.redis === null)
    throw new ConfigError(
      'audit option "redis" is missing: a URL, the options of ioredis, or an instance of it',
    );
  requireKnown(given);
  // Destructuring, because an explicit undefined must not erase a default.
  const {
    redis,
    queue = auditDefaults.queue,
    repair = auditDefaults.repair,
    limit = auditDefaults.limit,
    allEnd = auditDefaults.allEnd,
    lease = auditDefaults.lease,
    signal,
  } = given;
  return {
    redis,
    queue: requireQueueName(queue),
    repair: requireBoolean('repair', repair),
    limit: requireLimit(limit),
    allEnd: requireBoolean('allEnd', allEnd),
    lease: requireLease(lease),
    signal,
  };
}

function requireKnown(given: object): void {
  const known = ['redis', 'signal', ...Object.keys(auditDefaults)];
  requireKnownOptions(given, known, (option) => `audit option "${option}"`);
}

function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ConfigError(`audit option "${name}" must be true or false; got ${shown(value)}`);
}

function requireLimit(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ConfigError(`audit option "limit" must be a whole number from 0; got ${shown(value)}`);
}

function requireLease(value: unknown): number {
  const ms = parseDuration(value, 'audit option "lease"');
  if (ms >= leastLease && ms <= longestLease) return ms;
  throw new ConfigError(
    `audit option "lease" must be ${leastLease} to ${longestLease} ms; got ${shown(value)}`,
  );
}
