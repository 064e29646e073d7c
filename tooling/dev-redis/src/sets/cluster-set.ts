import { type RedisServer, startRedisServer } from '../redis-server.ts';
import { insist, until } from '../until.ts';
import { askServer } from './ask-server.ts';
import { flawsOfNode } from './cluster-flaws.ts';
import { type ClusterNode, idOfNode, nodesSeenBy } from './cluster-nodes.ts';
import { moveSlot } from './move-slot.ts';

const masterCount = 3;
const slotCount = 16_384;
/** ms; a Cluster gives an attempt up after as long. */
const handOverTakes = 5_000;
const handOverAttempts = 5;
/** ms; a frozen node must not keep the others from being asked again. */
const viewTakes = 1_000;

/** Three masters, each with a replica, as one Cluster: six processes of this machine. */
export interface ClusterSet extends AsyncDisposable {
  /** Start nodes for `new Cluster(…)`. */
  readonly nodes: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  readonly servers: readonly RedisServer[];
  readonly version: string;
  /** The slot that all keys of a queue lie in. */
  slotOf(queue: string): Promise<number>;
  /** The range of slots that are in the same place as this one. */
  slotsWith(slot: number): Promise<readonly [first: number, last: number]>;
  /** The server that answers for a slot. */
  masterOf(slot: number): Promise<RedisServer>;
  replicaOf(slot: number): Promise<RedisServer>;
  /**
   * Moves a slot to another master. `meanwhile` runs while half of its keys are here and half are there.
   * Answers the new master.
   */
  migrate(slot: number, meanwhile?: () => Promise<void>): Promise<RedisServer>;
  /** The replica takes over from its living master. */
  failover(slot: number): Promise<void>;
  /** Resolves when another server than this one answers for the slot. */
  replaced(slot: number, old: RedisServer): Promise<void>;
  /** Resolves when every slot is answered for and every replica has all of its master. */
  whole(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterSetOptions {
  /** A master refuses writes while no replica is alive to take them (profile P3d). @default false */
  readonly needsReplica?: boolean;
  /** @default 'aof' */
  readonly persistence?: 'none' | 'aof';
  /** ms of silence after which the others count a node as down. @default 1_500 */
  readonly nodeTimeout?: number;
}

export async function startClusterSet({
  needsReplica = false,
  persistence = 'aof',
  nodeTimeout = 1_500,
}: ClusterSetOptions = {}): Promise<ClusterSet> {
  const careful = needsReplica ? ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '1'] : [];
  const args = ['--cluster-node-timeout', String(nodeTimeout), ...careful];
  const servers: RedisServer[] = [];
  for (let at = 0; at < masterCount * 2; at += 1) servers.push(await startNode(persistence, args));
  const set = new PrivateClusterSet(servers);
  await set.form();
  return set;
}

async function startNode(persistence: 'none' | 'aof', more: readonly string[]): Promise<RedisServer> {
  const clustered = ['--cluster-enabled', 'yes', '--cluster-allow-replica-migration', 'no'];
  const prompt = ['--repl-diskless-sync-delay', '0'];
  return startRedisServer({ persistence, args: [...clustered, ...prompt, ...more] });
}

class PrivateClusterSet implements ClusterSet {
  readonly servers: readonly RedisServer[];
  readonly nodes: ClusterSet['nodes'];

  constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
    this.nodes = servers.map(({ host, port }) => ({ host, port }));
  }

  get version(): string {
    return this.servers[0]?.version ?? 'unknown';
  }

  async form(): Promise<void> {
    const masters = this.servers.slice(0, masterCount);
    const width = Math.ceil(slotCount / masterCount);
    for (const [at, { url }] of masters.entries()) {
      const last = Math.min(slotCount, (at + 1) * width) - 1;
      await askServer(url, (redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', at * width, last));
    }
    await this.#introduce();
    for (const [at, { url }] of this.servers.slice(masterCount).entries()) {
      const master = masters[at];
      if (master === undefined) continue;
      const id = await idOfNode(master);
      await askServer(url, (redis) => redis.call('CLUSTER', 'REPLICATE', id));
    }
    await this.whole();
  }

  async #introduce(): Promise<void> {
    const [first, ...others] = this.servers;
    if (first === undefined) return;
    for (const { host, port, url } of others) {
      const bus = await askServer(url, (redis) => redis.config('GET', 'cluster-port'));
      const busPort = Array.isArray(bus) ? String(bus[1]) : '';
      await askServer(first.url, (redis) => redis.call('CLUSTER', 'MEET', host, port, busPort));
    }
    await until(async () => ((await this.#view(first)).length === this.servers.length ? true : undefined), {
      what: 'all nodes have met',
    });
    for (const server of this.servers) {
      await until(
        async () => ((await this.#view(server)).length === this.servers.length ? true : undefined),
        {
          what: `node ${server.port} knows all others`,
        },
      );
    }
  }

  async slotOf(queue: string): Promise<number> {
    const [first] = this.servers;
    const key = `{${queue}}`;
    return Number(await askServer(first?.url ?? '', (redis) => redis.call('CLUSTER', 'KEYSLOT', key)));
  }

  async slotsWith(slot: number): Promise<readonly [first: number, last: number]> {
    const self = (await this.#view(await this.masterOf(slot))).find((node) => node.isMyself);
    const range = self?.slots.find(([first, last]) => slot >= first && slot <= last);
    return range ?? [slot, slot];
  }

  async masterOf(slot: number): Promise<RedisServer> {
    return until(() => this.#ownerOf(slot), { what: `a master answers for slot ${slot}`, within: 30_000 });
  }

  async replicaOf(slot: number): Promise<RedisServer> {
    // A master hears of its replica from the others, and may be asked before.
    const found = async (): Promise<RedisServer | undefined> => {
      const master = await this.masterOf(slot);
      const id = await idOfNode(master);
      const node = (await this.#view(master)).find((each) => each.masterId === id && !each.hasFailed);
      return this.servers.find((server) => server.port === node?.port);
    };
    return until(found, { what: `the master of slot ${slot} knows its replica` });
  }

  async migrate(slot: number, meanwhile: () => Promise<void> = async () => undefined): Promise<RedisServer> {
    const from = await this.masterOf(slot);
    const masters = (await this.#view(from)).filter((node) => node.isMaster && node.port !== from.port);
    const to = this.#serverAt(masters.find((node) => !node.hasFailed)?.port);
    await moveSlot(slot, { from, to, meanwhile });
    return to;
  }

  async failover(slot: number): Promise<void> {
    const old = await this.masterOf(slot);
    for (let attempt = 1; ; attempt += 1) {
      const replica = await this.replicaOf(slot);
      await askServer(replica.url, (redis) => redis.call('CLUSTER', 'FAILOVER'));
      // The others may refuse their votes, just after a slot has moved: nothing happens then.
      const isReplaced = await this.#replaced(slot, { old, within: handOverTakes }).then(
        () => true,
        () => false,
      );
      if (isReplaced) return;
      if (attempt === handOverAttempts)
        throw new Error(`slot ${slot} was not handed over in ${attempt} attempts`);
    }
  }

  async replaced(slot: number, old: RedisServer): Promise<void> {
    await this.#replaced(slot, { old, within: 30_000 });
  }

  async #replaced(
    slot: number,
    { old, within }: { readonly old: RedisServer; readonly within: number },
  ): Promise<void> {
    const isReplaced = async (): Promise<true | undefined> => {
      const owner = await this.#ownerOf(slot);
      return owner !== undefined && owner !== old ? true : undefined;
    };
    await until(isReplaced, { what: `another node than ${old.port} answers for slot ${slot}`, within });
  }

  async whole(): Promise<void> {
    const requireWhole = async (): Promise<void> => {
      const flaws = await Promise.all(this.servers.map((server) => flawsOfNode(server, masterCount)));
      if (flaws.flat().length > 0) throw new Error(flaws.flat().join('; '));
    };
    await insist(requireWhole, { what: 'the Cluster is whole', within: 40_000, every: 100 });
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** As the owner itself sees it, and most others. */
  async #ownerOf(slot: number): Promise<RedisServer | undefined> {
    const views = await Promise.all(this.servers.map((server) => this.#view(server).catch(() => [])));
    for (const [at, server] of this.servers.entries()) {
      const self = views[at]?.find((node) => node.isMyself);
      if (self?.isMaster !== true || !self.slots.some(([low, high]) => slot >= low && slot <= high)) continue;
      const agreeing = views.filter((view) =>
        view.some(
          (node) => node.id === self.id && node.slots.some(([low, high]) => slot >= low && slot <= high),
        ),
      );
      if (agreeing.length > this.servers.length / 2) return server;
    }
    return undefined;
  }

  async #view(server: RedisServer): Promise<readonly ClusterNode[]> {
    return nodesSeenBy(server, viewTakes);
  }

  #serverAt(port: number | undefined): RedisServer {
    const found = this.servers.find((server) => server.port === port);
    if (found === undefined) throw new Error(`no node of this Cluster listens on port ${port}`);
    return found;
  }
}
