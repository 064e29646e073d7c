import { type RedisServer, startRedisServer } from '../redis-server.ts';
import { insist, until } from '../until.ts';
import { askServer, infoOf } from './ask-server.ts';

const failoverTimeout = 3_000;
/** ms, at most. */
const handOverTakes = 20_000;
const sentinelCount = 3;
const masterName = 'q';

export interface SentinelSetOptions {
  /** A master refuses writes while no replica is alive to take them (profile P3d). @default false */
  readonly needsReplica?: boolean;
  /** @default 'aof' */
  readonly persistence?: 'none' | 'aof';
  /** ms of silence after which a Sentinel counts a server as down. @default 800 */
  readonly downAfter?: number;
}

/** A master, a replica and three Sentinels that watch over them: processes of this machine. */
export interface SentinelSet extends AsyncDisposable {
  /** Options of ioredis that find the master. */
  readonly connection: {
    readonly sentinels: ReadonlyArray<{ readonly host: string; readonly port: number }>;
    readonly name: string;
  };
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  readonly version: string;
  /** The server that most Sentinels call the master. */
  master(): Promise<RedisServer>;
  replica(): Promise<RedisServer>;
  /** Resolves when the replica has all that the master has, and every Sentinel knows of it. */
  whole(): Promise<void>;
  /**
   * Hands over to the replica, both alive, without loss: writes wait until the replica has everything, and go on when
   * the old master has become its replica. Answers when the new master was one, epoch ms.
   */
  failover(): Promise<number>;
  /** Resolves when another server than this one is the master. */
  replaced(old: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

export async function startSentinelSet({
  needsReplica = false,
  persistence = 'aof',
  downAfter = 800,
}: SentinelSetOptions = {}): Promise<SentinelSet> {
  const careful = needsReplica ? ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '1'] : [];
  const quick = ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0', ...careful];
  const master = await startRedisServer({ persistence, args: quick });
  const follows = ['--replicaof', `${master.host} ${master.port}`];
  const replica = await startRedisServer({ persistence, args: [...quick, ...follows] });
  const sentinel = [
    `sentinel monitor ${masterName} ${master.host} ${master.port} 2`,
    `sentinel down-after-milliseconds ${masterName} ${downAfter}`,
    `sentinel failover-timeout ${masterName} ${failoverTimeout}`,
  ];
  const sentinels = await Promise.all(
    Array.from({ length: sentinelCount }, () => startRedisServer({ sentinel })),
  );
  const set = new PrivateSentinelSet([master, replica], sentinels);
  await set.whole();
  return set;
}

class PrivateSentinelSet implements SentinelSet {
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  readonly connection: SentinelSet['connection'];

  constructor(servers: readonly RedisServer[], sentinels: readonly RedisServer[]) {
    this.servers = servers;
    this.sentinels = sentinels;
    this.connection = { sentinels: sentinels.map(({ host, port }) => ({ host, port })), name: masterName };
  }

  get version(): string {
    return this.servers[0]?.version ?? 'unknown';
  }

  async master(): Promise<RedisServer> {
    return until(() => this.#currentMaster(), { what: 'the Sentinels agree on a master' });
  }

  async replica(): Promise<RedisServer> {
    return this.#otherThan(await this.master());
  }

  async whole(): Promise<void> {
    const requireWhole = async (): Promise<void> => {
      const flaw = await this.#flaw();
      if (flaw !== undefined) throw new Error(flaw);
    };
    const what = 'the replica is in sync and every Sentinel sees it';
    await insist(requireWhole, { what, within: 40_000, every: 100 });
  }

  async failover(): Promise<number> {
    await this.whole();
    const old = await this.master();
    const [first] = this.sentinels;
    if (first === undefined) throw new Error('the set has no Sentinel');
    await askServer(old.url, (redis) => redis.call('CLIENT', 'PAUSE', handOverTakes, 'WRITE'));
    await this.#caughtUp(old);
    // A Sentinel refuses while it has not heard of the replica for a moment, and while another failover goes on.
    const ask = (): Promise<void> => this.#failOver(first, old);
    await insist(ask, { what: 'a Sentinel fails over', within: handOverTakes, every: 200 });
    await this.replaced(old);
    const replacedAt = Date.now();
    // The Sentinels would leave it a master for seconds, and clients that have not noticed would go on writing to it.
    const { host, port } = this.#otherThan(old);
    await askServer(old.url, (redis) => redis.call('REPLICAOF', host, port));
    await askServer(old.url, (redis) => redis.call('CLIENT', 'UNPAUSE'));
    return replacedAt;
  }

  async replaced(old: RedisServer): Promise<void> {
    await until(
      async () => {
        const current = await this.#currentMaster();
        return current !== undefined && current !== old && (await isMaster(current)) ? true : undefined;
      },
      { what: `another server than ${old.port} is the master`, within: 40_000 },
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Not when the Sentinels have done so already: they hear nothing from a master whose writes are paused. */
  async #failOver(sentinel: RedisServer, old: RedisServer): Promise<void> {
    if ((await this.master()) !== old) return;
    await askServer(sentinel.url, (redis) => redis.call('SENTINEL', 'FAILOVER', masterName));
  }

  #otherThan(server: RedisServer): RedisServer {
    const other = this.servers.find((each) => each !== server);
    if (other === undefined) throw new Error('the set has no second server');
    return other;
  }

  async #caughtUp(master: RedisServer): Promise<void> {
    const replica = this.#otherThan(master);
    const offsets = async (): Promise<true | undefined> => {
      const [here, there] = await Promise.all([
        infoOf(master.url, 'replication'),
        infoOf(replica.url, 'replication'),
      ]);
      return here.get('master_repl_offset') === there.get('slave_repl_offset') ? true : undefined;
    };
    await until(offsets, { what: 'the replica has everything', within: handOverTakes });
  }

  async #currentMaster(): Promise<RedisServer | undefined> {
    const ports = await Promise.all(this.sentinels.map((sentinel) => masterPortOf(sentinel)));
    const counted = new Map<number, number>();
    for (const port of ports) counted.set(port, (counted.get(port) ?? 0) + 1);
    return this.servers.find(({ port }) => (counted.get(port) ?? 0) > sentinelCount / 2);
  }

  /** What the set lacks until it is whole, in words. */
  async #flaw(): Promise<string | undefined> {
    const master = await this.#currentMaster();
    if (master === undefined) return 'the Sentinels disagree about the master';
    const other = this.#otherThan(master);
    if (!(await isMaster(master))) return `${master.port} does not know yet that it is the master`;
    const replication = await infoOf(other.url, 'replication').catch(() => undefined);
    const follows = replication?.get('master_port');
    if (follows !== String(master.port)) return `${other.port} follows ${follows}, not ${master.port}`;
    const link = replication?.get('master_link_status');
    if (link !== 'up') return `the link of ${other.port} to its master is ${link}`;
    const seen = await Promise.all(this.sentinels.map((sentinel) => seesAll(sentinel)));
    return seen.every(Boolean) ? undefined : 'a Sentinel does not see all others';
  }
}

async function masterPortOf(sentinel: RedisServer): Promise<number> {
  const ask = askServer(sentinel.url, (redis) =>
    redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName),
  );
  const answer = await ask.catch(() => undefined);
  return Array.isArray(answer) ? Number(answer[1]) : Number.NaN;
}

/** Until then it would not take part in a vote, or not find the replica. */
async function seesAll(sentinel: RedisServer): Promise<boolean> {
  const line = (await infoOf(sentinel.url, 'sentinel').catch(() => undefined))?.get('master0') ?? '';
  return (
    line.includes('status=ok') && line.includes('slaves=1') && line.includes(`sentinels=${sentinelCount}`)
  );
}

async function isMaster(server: RedisServer): Promise<boolean> {
  return (await infoOf(server.url, 'replication').catch(() => undefined))?.get('role') === 'master';
}
