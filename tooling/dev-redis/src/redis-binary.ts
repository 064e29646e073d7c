import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server program that runs on this machine. */
export interface RedisBinary {
  readonly path: string;
  readonly version: string;
}

const names = ['valkey-server', 'redis-server'];
/** Where package managers put programs, PATH or not. */
export const knownFolders: readonly string[] = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/valkey/bin',
  '/opt/homebrew/opt/redis/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/snap/bin',
];

/** The oldest version that the protocol works on. */
const leastMajor = 7;

/** The version that a program gives for itself, or undefined when it is no server that we can use. */
export async function probeBinary(path: string): Promise<RedisBinary | undefined> {
  const output = await run(path, ['--version'], { timeout: 5_000 }).catch(() => undefined);
  const version = output === undefined ? undefined : /\bv=(\d+\.\d+\.\d+)/.exec(output.stdout)?.[1];
  return version === undefined ? undefined : { path, version };
}

/** Whether the protocol works on this version. */
export function isRecentEnough(version: string): boolean {
  return Number.parseInt(version, 10) >= leastMajor;
}

/** The first usable server on `path` or in `folders`. Calls `onTooOld` for each that is not. */
export async function findInstalled(
  path: string,
  folders: readonly string[],
  onTooOld: (binary: RedisBinary) => void,
): Promise<RedisBinary | undefined> {
  const searched = [...new Set([...path.split(delimiter).filter((folder) => folder !== ''), ...folders])];
  for (const name of names) {
    for (const folder of searched) {
      const binary = await probeIfThere(join(folder, name));
      if (binary === undefined) continue;
      if (isRecentEnough(binary.version)) return binary;
      onTooOld(binary);
    }
  }
  return undefined;
}

/** As {@link probeBinary}, without starting a process for a file that is not there. */
export async function probeIfThere(path: string): Promise<RedisBinary | undefined> {
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere ? probeBinary(path) : undefined;
}
