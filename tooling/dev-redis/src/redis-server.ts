import { findRuntime, resolveSearch, type Search } from './find-runtime.ts';
import type { GuardedProcess } from './guarded-process.ts';
import { describeRuntime, type Place, type Runtime, signalServer } from './runtime.ts';
import {
  emptyData,
  removeData,
  type SetUp,
  type StartedServer,
  startAt,
  startSomewhere,
} from './server-process.ts';

export interface RedisServerOptions extends Search {
  /**
   * `aof`: every write is on disk before it is answered, so nothing is lost by a kill. `aof everysec`: a kill of the
   * process loses nothing that it wrote to its file, a power cut up to a second. @default 'none'
   */
  readonly persistence?: 'none' | 'aof' | 'aof everysec';
  /** Makes it a Sentinel with these lines of configuration: `['sentinel monitor q 127.0.0.1 6379 2']`. @default none */
  readonly sentinel?: readonly string[];
  /** Port on 127.0.0.1, kept over restarts. @default a free one */
  readonly port?: number;
  /** As in redis.conf: `'64mb'`. @default no limit */
  readonly maxmemory?: string;
  /** Further command line arguments: `['--cluster-enabled', 'yes']`. The last mention of a setting wins. */
  readonly args?: readonly string[];
}

/** A private server process: nobody else knows it, so it may be flushed, frozen and killed. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** What runs it, in words. */
  readonly program: string;
  /** The process id of this run; another one after a restart. */
  readonly pid: number;
  /** Sends a signal; a deadly one has taken effect when the promise resolves. @default 'SIGKILL' */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Freezes the process: connections stay open and nothing is answered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Kills it if it runs, and starts it again on the same port. @default keepData: whether it has persistence */
  restart(options?: { readonly keepData?: boolean }): Promise<void>;
  /** Ends it for good and removes its data. Twice is fine. */
  stop(): Promise<void>;
}

const deadlySignals: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT'];

/** Starts a private server. It ends with this process, however this process ends. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  return startServerOn(await findRuntime(resolveSearch(options)), options);
}

/** As {@link startRedisServer}, on a runtime that was found before. */
export async function startServerOn(runtime: Runtime, options: RedisServerOptions): Promise<RedisServer> {
  const setUp = setUpOf(options);
  const started = await startSomewhere(runtime, setUp, options.port);
  return new PrivateServer(runtime, setUp, persists(options), started);
}

class PrivateServer implements RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly url: string;
  readonly version: string;
  readonly program: string;
  readonly #runtime: Runtime;
  readonly #setUp: SetUp;
  readonly #persists: boolean;
  readonly #place: Place;
  #process: GuardedProcess;

  constructor(runtime: Runtime, setUp: SetUp, persists: boolean, started: StartedServer) {
    this.#runtime = runtime;
    this.#setUp = setUp;
    this.#persists = persists;
    this.#place = started.place;
    this.#process = started.process;
    this.port = started.place.port;
    this.url = `redis://${this.host}:${this.port}`;
    this.version = started.version;
    this.program = describeRuntime(runtime);
  }

  get pid(): number {
    return this.#process.pid;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#process.hasEnded()) return;
    await signalServer(this.#runtime, this.#place, this.#process, signal);
    if (deadlySignals.includes(signal)) await stayingAwake(this.#process.ended);
  }

  async pause(): Promise<void> {
    await this.kill('SIGSTOP');
  }

  async resume(): Promise<void> {
    await this.kill('SIGCONT');
  }

  async restart({ keepData = this.#persists }: { readonly keepData?: boolean } = {}): Promise<void> {
    if (keepData && !this.#persists) {
      throw new Error(
        'a server without persistence has no data to keep; start it with { persistence: "aof" }',
      );
    }
    await this.kill();
    if (!keepData) await emptyData(this.#place);
    this.#process = await startAt(this.#runtime, this.#place, this.#setUp);
  }

  async stop(): Promise<void> {
    await this.kill();
    await removeData(this.#place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The server does not keep this process from ending, not even while its end is awaited. */
async function stayingAwake(ended: Promise<void>): Promise<void> {
  const awake = setInterval(() => undefined, 60_000);
  await ended;
  clearInterval(awake);
}

/** What a restart finds again: the tasks of a server, the view that a Sentinel has of its servers. */
function persists({ persistence = 'none', sentinel }: RedisServerOptions): boolean {
  return persistence !== 'none' || sentinel !== undefined;
}

function setUpOf({ persistence = 'none', sentinel, maxmemory, args = [] }: RedisServerOptions): SetUp {
  if (sentinel !== undefined) return { args: ['--sentinel', ...args], sentinel };
  const limit = maxmemory === undefined ? [] : ['--maxmemory', maxmemory];
  // DEBUG lets tests make a server slow; only this machine can reach it.
  const always = ['--save', '', '--enable-debug-command', 'yes'];
  return { args: [...always, ...aofArguments(persistence), ...limit, ...args], sentinel: null };
}

function aofArguments(persistence: 'none' | 'aof' | 'aof everysec'): readonly string[] {
  switch (persistence) {
    case 'none':
      return ['--appendonly', 'no'];
    case 'aof':
      return ['--appendonly', 'yes', '--appendfsync', 'always'];
    case 'aof everysec':
      return ['--appendonly', 'yes', '--appendfsync', 'everysec'];
  }
}
