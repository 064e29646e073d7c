import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
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

const startLimit = 20_000;
const startAttempts = 5;

/** Starts a server on `port`, or on a free one; then again elsewhere when another process was faster to take it. */
export async function startSomewhere(
  runtime: Runtime,
  args: readonly string[],
  port: number | undefined,
): Promise<StartedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const place = await newPlace(port ?? (await freePort()));
    try {
      const process = await startAt(runtime, place, args);
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
  args: readonly string[],
): Promise<GuardedProcess> {
  const server = await startGuarded(serverCommand(runtime, place, args));
  const limit = setTimeout(() => server.kill(), startLimit);
  try {
    await server.wrote('Ready to accept connections');
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

/** Removes what a server wrote, so that the next start at the same place begins empty. */
export async function emptyData({ dir }: Place): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
}

/** Removes the data folder itself. */
export async function removeData({ dir }: Place): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}

async function newPlace(port: number): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'q-redis-'));
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
