import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { familyCpuMicros, readParent, readStat } from '../process-cpu.ts';
import { findPostgres, serverSettings, startPostgres } from './postgres-server.ts';
import type { Store } from './store.ts';

/** Where a PostgreSQL can be had: a URL of somebody's server, or the folder of its programs. */
export type PostgresSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'programs'; readonly bin: string };

/** `DATABASE_URL` when it points to this machine, else programs that are installed; `null` when there is neither. */
export async function findPostgresSource(): Promise<PostgresSource | null> {
  const url = process.env['DATABASE_URL'];
  if (url !== undefined && isLoopback(url)) return { kind: 'url', url };
  const bin = await findPostgres();
  return bin === null ? null : { kind: 'programs', bin };
}

/** A database of its own. */
export async function openPostgresStore(source: PostgresSource): Promise<Store> {
  if (source.kind === 'url')
    return openDatabase(source.url, 'as the server of DATABASE_URL is set up', async () => undefined);
  const server = await startPostgres(source.bin);
  try {
    return await openDatabase(server.url, serverSettings.join(', '), () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function openDatabase(url: string, settings: string, stop: () => Promise<void>): Promise<Store> {
  const name = `q_bench_${randomBytes(4).toString('hex')}`;
  const admin = await connect(url);
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const client = await connect(own.href);
  const one = async (sql: string): Promise<string> => {
    const { rows } = await client.query<{ value: string }>(sql);
    return String(rows[0]?.value);
  };
  const server = postmasterOf(Number(await one('select pg_backend_pid() as value')));
  return {
    url: own.href,
    program: 'postgresql',
    version: await one("select current_setting('server_version') as value"),
    settings,
    cpuMicros: () => (server === null ? Number.NaN : familyCpuMicros(server)),
    empty: () => dropSchemas(client),
    beside: () => openDatabase(url, settings, async () => undefined),
    // What it puts off waits for a minute or more: that is how its queues run.
    rest: async () => undefined,
    commands: async () => Number.NaN,
    bytes: async () => Number(await one('select pg_database_size(current_database()) as value')),
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await stop();
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The server may be stopped first.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function dropSchemas(client: Client): Promise<void> {
  const { rows } = await client.query<{ nspname: string }>(
    "select nspname from pg_namespace where nspname like 'bench-%'",
  );
  for (const { nspname } of rows) await client.query(`drop schema "${nspname}" cascade`);
}

/** The parent of all processes of the server; `null` when it is not one of this machine. */
function postmasterOf(backend: number): number | null {
  try {
    const stat = readStat(backend);
    return stat.includes('(postgres)') ? readParent(stat) : null;
  } catch {
    return null;
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
