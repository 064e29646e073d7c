import { ConfigError } from '@q/core';
import type { RedisOptions } from 'ioredis';

const example = 'redis://user:password@localhost:6379/0';

/**
 * Connection options of a `redis://` or `rediss://` URL. Its text never reaches an error: it may hold a password.
 *
 * @throws ConfigError for anything else, and for query parameters: those belong into an options object.
 */
export function parseRedisUrl(text: string): RedisOptions {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) {
    throw new ConfigError(
      `option "redis" is a text but not a URL such as ${example} or rediss://… for TLS (not shown here: it may hold a password)`,
    );
  }
  if (url.search !== '')
    throw new ConfigError('option "redis" has a URL with a query part; give an options object instead');
  return {
    host: url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    db: databaseOf(url.pathname),
    ...credentialsOf(url),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function databaseOf(path: string): number {
  const name = path.replace(/^\//, '');
  if (/^\d{0,5}$/.test(name)) return Number(name);
  throw new ConfigError(`option "redis" has a URL whose path is no database number; write it as ${example}`);
}

function credentialsOf(url: URL): Pick<RedisOptions, 'username' | 'password'> {
  try {
    return {
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    };
  } catch {
    throw new ConfigError('option "redis" has a URL whose user or password is not percent-encoded properly');
  }
}
