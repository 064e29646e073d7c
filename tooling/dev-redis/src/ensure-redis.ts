import { findRuntime, resolveSearch, type Search } from './find-runtime.ts';
import { startServerOn } from './redis-server.ts';
import { describeUrl, inspectServer } from './server-url.ts';

export interface EnsureRedisOptions extends Search {
  /** What the server is for. Tests refuse a database of REDIS_URL that holds anything, unless Q_TEST_ALLOW_FLUSH=1. */
  readonly purpose: 'demo' | 'tests' | 'dev';
}

/** A server to work with. */
export interface EnsuredRedis extends AsyncDisposable {
  readonly url: string;
  /** `REDIS_URL`, or what runs the private server. */
  readonly source: string;
  readonly version: string;
  /** Ends the private server; leaves the one of REDIS_URL alone. Twice is fine. */
  stop(): Promise<void>;
}

/**
 * The server that REDIS_URL names, or a private one in memory that ends with this process. Never a server that merely
 * happens to listen somewhere. Throws a DevRedisError, whose message is the remedy, when there is none.
 */
export async function ensureRedis(options: EnsureRedisOptions): Promise<EnsuredRedis> {
  const search = resolveSearch(options);
  const given = search.env['REDIS_URL'];
  if (given !== undefined && given !== '') {
    search.log(`redis: using REDIS_URL (${describeUrl(given)})`);
    const flushable = search.env['Q_TEST_ALLOW_FLUSH'] === '1';
    const version = await inspectServer(given, { mustBeEmpty: options.purpose === 'tests' && !flushable });
    return { url: given, source: 'REDIS_URL', version, stop: nothing, [Symbol.asyncDispose]: nothing };
  }
  const server = await startServerOn(await findRuntime(search), {});
  search.log(
    `redis: started ${server.program} ${server.version} on ${server.host}:${server.port} (private, in memory)`,
  );
  const stop = (): Promise<void> => server.stop();
  return {
    url: server.url,
    source: server.program,
    version: server.version,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function nothing(): Promise<void> {}
