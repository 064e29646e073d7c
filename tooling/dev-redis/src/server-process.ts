import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevRedisError } from './errors.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { type Place, type Runtime, serverCommand } from './runtime.ts';

/** A server process that answers, and where it is. */
export interface StartedServer {
  readonly place: Place;
  readonly process: GuardedProcess;
  readonly version: string;
}

/** What a server is started with, every time. */
export interface SetUp {
  readonly args: readonly string[];
  /** The first configuration of a Sentinel, which goes on writing it; `null` for a server. */
  readonly sentinel: readonly string[] | null;
}

const startLimit = 20_000;
const startAttempts = 5;

/** Starts a server on `port`, or on a free one; then again elsewhere when another process was faster to take it. */
export async function startSomewhere(
  runtime: Runtime,
  setUp: SetUp,
  port: number | undefined,
): Promise<StartedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const place = port === undefined ? await reservedPlace() : await newPlace(port);
    try {
      const process = await startAt(runtime, place, setUp);
      return { place, process, version: await versionOf(runtime, process) };
    } catch (error) {
      await removeData(place);
      if (port !== undefined || attempt === startAttempts || !isPortTaken(error)) throw error;
    }
  }
}

/** Starts a server where one may have run before, and waits until it accepts connections. */
export async function startAt(
  runtime: Runtime,
  place: Place,
  { args, sentinel }: SetUp,
): Promise<GuardedProcess> {
  const config = sentinel === null ? null : await sentinelFile(runtime, place, sentinel);
  const server = await startGuarded(serverCommand(runtime, place, { args, config }));
  const limit = setTimeout(() => server.kill(), startLimit);
  try {
    await server.wrote(sentinel === null ? 'Ready to accept connections' : 'Sentinel ID is');
    return server;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new DevRedisError(
      'REDIS_NOT_STARTED',
      `redis did not start on port ${place.port}: ${said}`,
      1,
      cause,
    );
  } finally {
    clearTimeout(limit);
  }
}

/** A Sentinel keeps what it learns in its configuration, so only the first start writes it. */
async function sentinelFile(runtime: Runtime, { dir }: Place, lines: readonly string[]): Promise<string> {
  if (runtime.kind === 'docker') {
    throw new DevRedisError(
      'REDIS_BINARY_MISSING',
      'a Sentinel in a container cannot reach servers of this machine; install redis-server, or set Q_REDIS_BIN',
      1,
    );
  }
  const file = join(dir, 'sentinel.conf');
  await writeFile(file, `${lines.join('\n')}\n`, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return file;
}

/** Removes what a server wrote, so that the next start at the same place begins empty. */
export async function emptyData({ dir }: Place): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
}

/** Removes the data folder itself. */
export async function removeData({ dir }: Place): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}

/** A port that no other server of this machine gets, not even while this one is down: the folder is there until it is stopped. */
async function reservedPlace(): Promise<Place> {
  for (;;) {
    const port = await freePort();
    const dir = join(tmpdir(), `q-redis-port-${port}`);
    try {
      await mkdir(dir);
      return await placeIn(dir, port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

async function newPlace(port: number): Promise<Place> {
  return placeIn(await mkdtemp(join(tmpdir(), 'q-redis-')), port);
}

async function placeIn(dir: string, port: number): Promise<Place> {
  await chmod(dir, 0o777); // a container writes to it as another user
  return { port, dir, name: `q-redis-${randomBytes(6).toString('hex')}` };
}

async function versionOf(runtime: Runtime, server: GuardedProcess): Promise<string> {
  if (runtime.kind === 'binary') return runtime.version;
  return /version=([\d.]+)/.exec(await server.wrote('version='))?.[1] ?? 'unknown';
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /already in use|port is already allocated/i.test(error.message);
}
