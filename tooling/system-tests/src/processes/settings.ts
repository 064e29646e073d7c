/** What a test tells a process that it starts, by environment. */
export interface Settings {
  /** An address, as JSON. */
  readonly redis: string;
  readonly queue: string;
  readonly id: string;
  readonly concurrency: number;
  readonly lease: number;
  readonly gracePeriod: number;
  /** A crontab to run under the name `tick`, or empty. */
  readonly cron: string;
  /** ms that each run under that name takes */
  readonly cronLasts: number;
  /** How long results under that name are kept, ms. */
  readonly cronTtl: number;
  readonly tz: string;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    redis: required(env, 'SYSTEM_REDIS'),
    queue: required(env, 'SYSTEM_QUEUE'),
    id: env['SYSTEM_ID'] ?? 'worker',
    concurrency: Number(env['SYSTEM_CONCURRENCY'] ?? 32),
    lease: Number(env['SYSTEM_LEASE'] ?? 30_000),
    gracePeriod: Number(env['SYSTEM_GRACE'] ?? 25_000),
    cron: env['SYSTEM_CRON'] ?? '',
    cronLasts: Number(env['SYSTEM_CRON_LASTS'] ?? 0),
    cronTtl: Number(env['SYSTEM_CRON_TTL'] ?? 300_000),
    tz: env['SYSTEM_TZ'] ?? 'UTC',
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
