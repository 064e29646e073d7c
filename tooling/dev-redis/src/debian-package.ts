import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { missingPackages, readShown } from './debian-closure.ts';
import { probeBinary, type RedisBinary } from './redis-binary.ts';

const run = promisify(execFile);
const stepLimit = 120_000;
const networkOptions = [
  '-o',
  'Acquire::Retries=1',
  '-o',
  'Acquire::http::Timeout=15',
  '-o',
  'Acquire::https::Timeout=15',
];

// Found beside itself, so that the folder can be renamed into its place as one step.
const launcher = `#!/bin/sh
here=\${0%/*}
LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/bin/redis-server" "$@"
`;

/** Whether this machine has the two programs that fetching needs. */
export async function hasDebianTools(env: NodeJS.ProcessEnv): Promise<boolean> {
  const found = await Promise.all(['apt-get', 'dpkg-deb'].map((tool) => works(tool, env)));
  return found.every(Boolean);
}

/**
 * Fetches Debian's server and the libraries that are not installed, without root and without changing the system, into
 * `folder`. Processes that do so at the same time do not disturb each other: the first that finishes stays.
 */
export async function fetchDebianRedis(folder: string, env: NodeJS.ProcessEnv): Promise<RedisBinary> {
  await removeBroken(folder);
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await mkdtemp(join(dirname(folder), '.fetching-'));
  try {
    const packages = join(scratch, 'packages');
    const root = join(scratch, 'root');
    await mkdir(packages);
    await download(packages, join(scratch, 'apt'), env);
    for (const name of await readdir(packages)) {
      if (name.endsWith('.deb'))
        await run('dpkg-deb', ['-x', join(packages, name), root], { timeout: stepLimit, env });
    }
    const ready = join(scratch, 'ready');
    await arrange(root, ready);
    await requireWorking(join(ready, 'redis-server'));
    await moveInto(ready, folder);
    return await requireWorking(join(folder, 'redis-server'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

// A folder that holds a program which does not start would stay in the way of a new one. Where nothing is, another process
// may put a good one in the next moment.
async function removeBroken(folder: string): Promise<void> {
  if (!(await exists(folder)) || (await probeBinary(join(folder, 'redis-server'))) !== undefined) return;
  await rm(folder, { recursive: true, force: true });
}

async function download(target: string, scratch: string, env: NodeJS.ProcessEnv): Promise<void> {
  await downloadWith(target, [], env).catch(async () => {
    // The lists are missing or older than the archive. They are read into a folder of our own: it needs no root,
    // waits for nobody's lock and leaves the system as it was.
    const lists = await ownLists(scratch);
    await run('apt-get', ['update', ...networkOptions, ...lists], { timeout: stepLimit, env });
    await downloadWith(target, lists, env);
  });
}

async function ownLists(scratch: string): Promise<readonly string[]> {
  await mkdir(join(scratch, 'lists', 'partial'), { recursive: true });
  await mkdir(join(scratch, 'cache', 'archives', 'partial'), { recursive: true });
  const asRoot = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  return [
    '-o',
    `Dir::State::lists=${join(scratch, 'lists')}`,
    '-o',
    `Dir::Cache=${join(scratch, 'cache')}`,
    ...asRoot,
  ];
}

async function downloadWith(target: string, lists: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const names = await missingPackages('redis-tools', await installedPackages(env), async (wanted) => {
    const shown = await run('apt-cache', [...lists, 'show', '--no-all-versions', ...wanted], {
      timeout: stepLimit,
      env,
    });
    return readShown(shown.stdout);
  });
  await run('apt-get', ['download', ...networkOptions, ...lists, ...names], {
    cwd: target,
    timeout: stepLimit,
    env,
  });
}

async function installedPackages(env: NodeJS.ProcessEnv): Promise<ReadonlySet<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are dpkg-query's
  const format = '${db:Status-Abbrev}|${Package}|${Provides}\n';
  const { stdout } = await run('dpkg-query', ['-W', '-f', format], {
    maxBuffer: 64 << 20,
    timeout: stepLimit,
    env,
  });
  const names = new Set<string>();
  for (const line of stdout.split('\n')) {
    const [status, name, provides] = line.split('|');
    if (!status?.startsWith('ii')) continue;
    for (const word of `${name},${provides ?? ''}`.split(','))
      names.add(word.trim().replace(/[\s(:].*$/, ''));
  }
  return names;
}

async function arrange(root: string, ready: string): Promise<void> {
  await mkdir(join(ready, 'bin'), { recursive: true });
  await mkdir(join(ready, 'lib'));
  // Debian's server and its checker are one program that looks at the name it is called by.
  await copyFile(join(root, 'usr', 'bin', 'redis-check-rdb'), join(ready, 'bin', 'redis-check-rdb'));
  await symlink('redis-check-rdb', join(ready, 'bin', 'redis-server'));
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (file.isDirectory() || !/\.so(\.|$)/.test(file.name)) continue;
    await copyFile(join(file.parentPath, file.name), join(ready, 'lib', basename(file.name)));
  }
  await writeFile(join(ready, 'redis-server'), launcher);
  await chmod(join(ready, 'redis-server'), 0o755);
}

async function moveInto(ready: string, folder: string): Promise<void> {
  await rename(ready, folder).catch(async (error: unknown) => {
    if (await exists(join(folder, 'redis-server'))) return; // another process was faster
    throw error;
  });
}

async function requireWorking(path: string): Promise<RedisBinary> {
  const binary = await probeBinary(path);
  if (binary === undefined) throw new Error(`the fetched server ${path} does not start`);
  return binary;
}

function works(tool: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(tool, ['--version'], { timeout: 10_000, env }).then(
    () => true,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
