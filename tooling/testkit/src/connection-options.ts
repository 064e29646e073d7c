import type { RedisOptions } from 'ioredis';

/** What a URL says, as options of ioredis. */
export function connectionOptions(url: string): RedisOptions {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    db: Number(pathname.slice(1)),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}
