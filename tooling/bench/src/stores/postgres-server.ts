import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const startLimit = 20_000;

/** Where nothing is worth keeping: as a Redis without persistence. */
export const serverSettings: readonly string[] = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
];

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The folder of `initdb` and `postgres`: on the PATH, or where Debian puts them; `null` when there is none. */
export async function findPostgres(): Promise<string | null> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const packaged = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...packaged.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  for (const folder of folders) {
    const both = Promise.all(['initdb', 'postgres'].map((name) => access(join(folder, name))));
    if (
      await both.then(
        () => folder !== '',
        () => false,
      )
    )
      return folder;
  }
  return null;
}

/** Starts a private server on 127.0.0.1 in a folder of its own. It ends with this process, however this one ends. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const account = await serverAccount();
  const dir = await mkdtemp(join(tmpdir(), 'q-postgres-'));
  try {
    if (account !== null) await chown(dir, account.uid, account.gid);
    const data = join(dir, 'data');
    const init = ['-D', data, '-U', 'bench', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
    await run(join(bin, 'initdb'), init, { ...account, cwd: dir });
    const port = await freePort();
    const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
    const args = [...options, ...serverSettings].flatMap((option) => ['-c', option]);
    const stop = await startGuarded(join(bin, 'postgres'), ['-D', data, ...args], dir, account);
    return { url: `postgres://bench@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

// The guard's standard input is a pipe that only this process holds open: its end means that this process is gone.
const guard = '"$@" </dev/null & server=$!; read -r nothing; kill -QUIT $server; wait $server; rm -rf "$DIR"';

async function startGuarded(
  file: string,
  args: readonly string[],
  dir: string,
  account: Account | null,
): Promise<() => Promise<void>> {
  const shell = spawn('sh', ['-c', guard, 'sh', file, ...args], {
    ...account,
    cwd: '/',
    env: { ...process.env, DIR: dir },
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = once(shell, 'close');
  const stop = async (): Promise<void> => {
    shell.stdin.end();
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (): void => reject(new Error(`PostgreSQL did not start: ${said.slice(-500)}`));
    const limit = setTimeout(fail, startLimit);
    void ended.then(fail);
    shell.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(limit);
      resolve();
    });
  });
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return stop;
}

// PostgreSQL refuses to run as root.
async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // there is no such account
    }
  }
  throw new Error('PostgreSQL needs an account other than root: "postgres" or "nobody"');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
