import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cachedFolder } from '../cache-folder.ts';
import { findRuntime, resolveSearch } from '../find-runtime.ts';

/** A machine that has only what a test puts there: an empty PATH but for the basic tools, and an empty cache. */
export interface FakeMachine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string[];
  /** Puts an executable shell script into the folder that is the first of PATH, or somewhere else. */
  readonly install: (name: string, script: string) => Promise<string>;
  /** What the functions of this package take to search on this machine. */
  readonly search: {
    readonly env: NodeJS.ProcessEnv;
    readonly folders: readonly string[];
    log(line: string): void;
  };
}

export async function fakeMachine(): Promise<FakeMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'q-machine-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const log: string[] = [];
  const install = async (name: string, script: string): Promise<string> => {
    const file = name.startsWith('/') ? name : join(folder, 'bin', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  };
  const search = { env, folders: [], log: (line: string) => void log.push(line) };
  return { folder, env, log, install, search };
}

/** A script that is a working server. */
export async function serverScript(): Promise<string> {
  return `exec '${await realServer()}' "$@"`;
}

/** A script that only says which version it is. */
export function versionScript(version: string): string {
  return `echo "Redis server v=${version} sha=00000000:0 malloc=libc bits=64 build=0"`;
}

/** Where the cache of a machine keeps its server. */
export function cachedServer({ env }: FakeMachine): string {
  return join(cachedFolder(env), 'redis-server');
}

/** The program that this machine really has, found once. */
export async function realServer(): Promise<string> {
  const runtime = await findRuntime(resolveSearch({}));
  if (runtime.kind !== 'binary') throw new Error('these tests need a server program, not a container');
  return runtime.path;
}
