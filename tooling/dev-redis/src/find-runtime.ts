import { homedir } from 'node:os';
import { join } from 'node:path';
import { cachedFolder, cacheRoot } from './cache-folder.ts';
import { fetchDebianRedis, hasDebianTools } from './debian-package.ts';
import { DevRedisError, exitUnavailable, notFoundHint } from './errors.ts';
import {
  findInstalled,
  isRecentEnough,
  knownFolders,
  probeIfThere,
  type RedisBinary,
} from './redis-binary.ts';
import { dockerAnswers, dockerImage, type Runtime } from './runtime.ts';

/** Where the search looks and how it reports. */
export interface Search {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Folders searched after PATH. @default where package managers install */
  readonly folders?: readonly string[];
  /** @default a line on standard error */
  readonly log?: (line: string) => void;
}

/** A search with every default applied. */
export type ResolvedSearch = Required<Search>;

export function resolveSearch(search: Search): ResolvedSearch {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  return { env: search.env ?? process.env, folders: search.folders ?? knownFolders, log: search.log ?? log };
}

interface Step {
  /** The value of Q_REDIS that allows only steps of this name. */
  readonly name: 'system' | 'apt' | 'docker';
  readonly find: (search: ResolvedSearch) => Promise<Runtime | undefined>;
}

const steps: readonly Step[] = [
  { name: 'system', find: fromSystem },
  { name: 'apt', find: fromCache },
  { name: 'apt', find: fromDebian },
  { name: 'docker', find: fromDocker },
];

const choices = [...new Set(steps.map((step) => step.name)), 'off'];

/** Finds something that can run a private server: the program that Q_REDIS_BIN names, or the first step that succeeds. */
export async function findRuntime(search: ResolvedSearch): Promise<Runtime> {
  const named = search.env['Q_REDIS_BIN'];
  if (named !== undefined && named !== '') return namedBinary(named);
  const choice = search.env['Q_REDIS'] ?? '';
  if (choice !== '' && !choices.includes(choice)) {
    throw new DevRedisError('REDIS_NOT_FOUND', `Q_REDIS=${choice} is not one of ${choices.join(', ')}`, 1);
  }
  for (const step of steps) {
    if (choice !== '' && choice !== step.name) continue;
    const runtime = await step.find(search);
    if (runtime !== undefined) return runtime;
  }
  throw new DevRedisError('REDIS_NOT_FOUND', notFoundHint(process.platform), exitUnavailable);
}

async function namedBinary(path: string): Promise<Runtime> {
  const binary = await probeIfThere(path);
  if (binary === undefined)
    throw new DevRedisError('REDIS_BINARY_MISSING', `Q_REDIS_BIN=${path} does not exist`, 1);
  return { kind: 'binary', ...binary };
}

async function fromSystem({ env, folders, log }: ResolvedSearch): Promise<Runtime | undefined> {
  const onTooOld = ({ path, version }: RedisBinary): void =>
    log(`redis: ${path} is ${version}; at least 7.0 is needed, looking further`);
  const binary = await findInstalled(env['PATH'] ?? '', folders, onTooOld);
  return binary && { kind: 'binary', ...binary };
}

async function fromCache({ env }: ResolvedSearch): Promise<Runtime | undefined> {
  const binary = await probeIfThere(join(cachedFolder(env), 'redis-server'));
  return binary && { kind: 'binary', ...binary };
}

async function fromDebian({ env, log }: ResolvedSearch): Promise<Runtime | undefined> {
  if (process.platform !== 'linux' || !(await hasDebianTools(env))) return undefined;
  const folder = cachedFolder(env);
  const shown = cacheRoot(env).replace(env['HOME'] ?? homedir(), '~');
  log(`redis: not found; fetching Debian's redis into ${shown} (no root, about 7 MB)…`);
  try {
    const binary = await fetchDebianRedis(folder, env);
    if (isRecentEnough(binary.version)) return { kind: 'binary', ...binary };
    log(`redis: Debian's redis is ${binary.version}; at least 7.0 is needed, looking further`);
  } catch (error) {
    log(`redis: fetching failed (${firstLine(error)}), looking further`);
  }
  return undefined;
}

async function fromDocker({ env }: ResolvedSearch): Promise<Runtime | undefined> {
  return (await dockerAnswers(env)) ? { kind: 'docker', image: dockerImage } : undefined;
}

function firstLine(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split('\n');
  return lines.find((line) => line.startsWith('E: ')) ?? lines[0] ?? '';
}
