import { type Duration, parseDuration } from '../duration.ts';
import { ConfigError } from '../errors.ts';
import { requireKnownOptions } from './known-options.ts';
import { shown } from './shown.ts';

/** How safe an accepted task is before its enqueue resolves. */
export interface Durability {
  /** Replicas of the Redis server that must have received it; 1 to 100. */
  readonly replicas: number;
  /** How long to wait for them; 1 ms to 4 s, and less than the client's `deadline`. Then the enqueue rejects with `NotReplicatedError`. @default '1s' */
  readonly timeout?: Duration;
}

export interface ResolvedDurability {
  readonly replicas: number;
  /** Ms. */
  readonly timeout: number;
}

const mostReplicas = 100;
/** Ms. A connection on which nothing has come for 4.9 s counts as broken, and nothing comes while Redis waits for replicas. */
const longest = 4_000;
const usualTimeout = 1_000;
const known = ['replicas', 'timeout'] satisfies Array<keyof Durability>;

/** @throws ConfigError */
export function resolveDurability(given: Durability): ResolvedDurability {
  if (typeof given !== 'object' || given === null) {
    throw new ConfigError(
      `option "durability" must be an object such as { replicas: 1, timeout: '1s' }; got ${shown(given)}`,
    );
  }
  requireKnownOptions(given, known, (option) => `option "durability.${option}"`);
  const { replicas, timeout = usualTimeout } = given;
  if (!Number.isSafeInteger(replicas) || replicas < 1 || replicas > mostReplicas) {
    throw new ConfigError(
      `option "durability.replicas" must be a whole number from 1 to ${mostReplicas}; got ${shown(replicas)}`,
    );
  }
  const ms = parseDuration(timeout, 'option "durability.timeout"');
  if (ms < 1 || ms > longest) {
    throw new ConfigError(
      `option "durability.timeout" must be 1 ms to ${longest / 1_000} s; got ${shown(timeout)}`,
    );
  }
  return { replicas, timeout: ms };
}
