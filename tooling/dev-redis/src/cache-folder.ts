import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a fetched server is kept for the next time: `${XDG_CACHE_HOME:-~/.cache}/q/redis`. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(
    base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.cache') : base,
    'q',
    'redis',
  );
}

/** The folder of this machine's kind inside the cache; the program in it is `redis-server`. */
export function cachedFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), `${process.platform}-${process.arch}`);
}
