import { type Client, createClient } from '@q/client';
import { type Task, task } from '@q/core';
import { aclRules, queueKeys } from '@q/core/wire';
import { askServer, type ClusterSet, infoOf, type RedisServer, startClusterSet, until } from '@q/dev-redis';
import { createRedisUser, type Fixtures, test } from '@q/testkit';
import { createWorker } from '@q/worker';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, type TestAPI } from 'vitest';

/** Ends when its turn is let go. */
const held: Task<(turn: number) => string> = task('held');
/** ms; a result whose message was lost is asked for again after 2 s at the earliest. */
const beforeAsking = 1_500;
const longest = { timeout: 60_000 };

/** What the user of a Cluster says of it. */
interface Given {
  readonly redisOptions?: Partial<Credentials>;
  /** @default true */
  readonly shardedSubscribers?: boolean;
}

interface Stand extends AsyncDisposable {
  readonly queue: string;
  /** Makes a client of the Cluster that a user of it has made. */
  client(options?: Given): Client;
  work(options?: Given): Promise<void>;
  /** Resolves when a worker runs this turn. */
  begun(turn: number): Promise<void>;
  letGo(turn: number): void;
}

let set: ClusterSet;

beforeAll(async () => {
  set = await startClusterSet();
}, 60_000);

afterAll(async () => {
  await set.stop();
});

const it: TestAPI<Fixtures & { readonly stand: Stand }> = test.extend<{ readonly stand: Stand }>({
  stand: async ({ queueName }, use) => {
    await set.whole();
    await using stand = createStand(queueName());
    await use(stand);
  },
});

interface Turn {
  readonly begun: Signal;
  readonly letGo: Signal;
}

interface Signal {
  readonly given: Promise<void>;
  give(): void;
}

function createSignal(): Signal {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** Made by whoever names a turn first. */
function createTurns(): (turn: number) => Turn {
  const turns = new Map<number, Turn>();
  return (turn) => {
    const known = turns.get(turn) ?? { begun: createSignal(), letGo: createSignal() };
    turns.set(turn, known);
    return known;
  };
}

function createStand(queue: string): Stand {
  const turnOf = createTurns();
  const closers: Array<() => unknown> = [];
  const open = ({ redisOptions = {}, shardedSubscribers = true }: Given): Cluster => {
    const cluster = new Cluster([...set.nodes], { redisOptions, shardedSubscribers });
    cluster.on('error', () => undefined);
    closers.push(() => cluster.disconnect());
    return cluster;
  };
  return {
    queue,
    client: (options = {}) => {
      const client = createClient({ redis: open(options), queue });
      closers.push(() => client.close());
      return client;
    },
    work: async (options = {}) => {
      const worker = createWorker({ redis: open(options), queue, lease: '30s' });
      worker.handle(held, async (_ctx, turn) => {
        turnOf(turn).begun.give();
        await turnOf(turn).letGo.given;
        return 'done';
      });
      const running = await worker.start();
      closers.push(() => running.stop({ gracePeriod: 0 }));
    },
    begun: (turn) => turnOf(turn).begun.given,
    letGo: (turn) => turnOf(turn).letGo.give(),
    async [Symbol.asyncDispose]() {
      for (const close of closers.toReversed()) await close();
    },
  };
}

/** What a node has had to do with messages. */
interface Told {
  readonly publish: number;
  readonly spublish: number;
  /** Messages of the bus that tell every node, and those that tell the other nodes of a shard. */
  readonly heard: number;
  readonly heardInShard: number;
}

async function toldBy({ url }: RedisServer): Promise<Told> {
  const [stats, state] = await Promise.all([
    infoOf(url, 'commandstats'),
    askServer(url, (redis) => redis.call('CLUSTER', 'INFO')),
  ]);
  const calls = (name: string): number =>
    Number(/calls=(\d+)/.exec(stats.get(`cmdstat_${name}`) ?? '')?.[1] ?? 0);
  const received = (name: string): number =>
    Number(new RegExp(`cluster_stats_messages_${name}_received:(\\d+)`).exec(String(state))?.[1] ?? 0);
  return {
    publish: calls('publish'),
    spublish: calls('spublish'),
    heard: received('publish'),
    heardInShard: received('publishshard'),
  };
}

const silence: Told = { publish: 0, spublish: 0, heard: 0, heardInShard: 0 };

/** What each node had to do meanwhile, by its port. */
async function toldDuring(act: () => Promise<void>): Promise<ReadonlyMap<number, Told>> {
  const look = (): Promise<Told[]> => Promise.all(set.servers.map(toldBy));
  const before = await look();
  await act();
  const after = await look();
  return new Map(
    set.servers.map(({ port }, at) => {
      const [old = silence, now = silence] = [before[at], after[at]];
      const told: Told = {
        publish: now.publish - old.publish,
        spublish: now.spublish - old.spublish,
        heard: now.heard - old.heard,
        heardInShard: now.heardInShard - old.heardInShard,
      };
      return [port, told];
    }),
  );
}

/** Resolves when one client listens in this shard: each of its nodes knows the channels that were subscribed there. */
async function heardAt(queue: string): Promise<void> {
  const slot = await set.slotOf(queue);
  const nodes = [await set.masterOf(slot), await set.replicaOf(slot)];
  const channels = queueKeys(queue).channel('*');
  const channelsOf = ({ url }: RedisServer): Promise<unknown> =>
    askServer(url, (redis) => redis.call('PUBSUB', 'SHARDCHANNELS', channels));
  const look = async (): Promise<true | undefined> =>
    (await Promise.all(nodes.map(channelsOf))).flat().length === 1 ? true : undefined;
  await until(look, { what: 'a client listens where its queue is' });
}

interface Waiting {
  readonly id: string;
  readonly result: Promise<string>;
}

/** Resolves when a worker runs this turn and the client will be told of it. */
async function waitFor({ queue, begun }: Stand, client: Client, turn: number): Promise<Waiting> {
  const handle = await client.enqueue(held, turn);
  const waiting = { id: handle.id, result: handle.value() };
  await Promise.all([begun(turn), watched(queue, handle.id, 1)]);
  return waiting;
}

async function watched(queue: string, id: string, clients: number): Promise<void> {
  const { url } = await set.masterOf(await set.slotOf(queue));
  const look = async (): Promise<true | undefined> => {
    const known = await askServer(url, (redis) => redis.hget(queueKeys(queue).watch, id));
    return known?.split(',').length === clients ? true : undefined;
  };
  await until(look, { what: `${clients} clients wait for the result` });
}

/** The results come sooner than anybody asks for them. */
async function toldAtOnce(results: readonly Promise<string>[], letGo: () => void): Promise<void> {
  const begunAt = performance.now();
  letGo();
  expect(new Set(await Promise.all(results))).toEqual(new Set(['done']));
  expect(performance.now() - begunAt).toBeLessThan(beforeAsking);
}

/** What the master of the queue had to do to tell a result that ends now. */
async function toldNow(stand: Stand, client: Client): Promise<Told | undefined> {
  await heardAt(stand.queue);
  const { result } = await waitFor(stand, client, 2);
  const told = await toldDuring(() => toldAtOnce([result], () => stand.letGo(2)));
  return told.get((await set.masterOf(await set.slotOf(stand.queue))).port);
}

it('a result is told where its queue is, and no other node hears of it', longest, async ({ stand }) => {
  await stand.work();
  const { result } = await waitFor(stand, stand.client(), 1);
  const told = await toldDuring(() => toldAtOnce([result], () => stand.letGo(1)));
  const slot = await set.slotOf(stand.queue);
  const [master, replica] = [await set.masterOf(slot), await set.replicaOf(slot)];
  for (const { port } of set.servers) {
    const expected = {
      ...silence,
      ...(port === master.port ? { spublish: 1 } : {}),
      ...(port === replica.port ? { heardInShard: 1 } : {}),
    };
    expect(told.get(port), `node ${port}`).toEqual(expected);
  }
});

it(
  'who listens at any node is told by all of them, beside who listens at one',
  longest,
  async ({ stand }) => {
    await stand.work();
    const { id, result } = await waitFor(stand, stand.client({ shardedSubscribers: false }), 1);
    const atShard = stand.client().handle(held, id).value();
    await watched(stand.queue, id, 2);
    const told = await toldDuring(() => toldAtOnce([result, atShard], () => stand.letGo(1)));
    const { port } = await set.masterOf(await set.slotOf(stand.queue));
    for (const node of set.servers) {
      expect(told.get(node.port), `node ${node.port}`).toMatchObject(
        node.port === port ? { publish: 1, spublish: 1 } : { heard: 1, spublish: 0 },
      );
    }
  },
);

it('users who may do what their roles do, and nothing else, suffice', longest, async ({ stand }) => {
  await using users = await usersOf(stand.queue);
  await stand.work({ redisOptions: users.worker });
  const client = stand.client({ redisOptions: users.client });
  const { result } = await waitFor(stand, client, 1);
  stand.letGo(1);
  expect(await result).toBe('done');
  expect(await toldNow(stand, client)).toMatchObject({ publish: 0, spublish: 1 });
  expect(await users.refusals()).toEqual([]);
});

it('a client whose user may not subscribe there is told by every node', longest, async ({ stand }) => {
  await using users = await usersOf(stand.queue, '-ssubscribe');
  await stand.work();
  const client = stand.client({ redisOptions: users.client });
  const { result } = await waitFor(stand, client, 1);
  const told = await toldDuring(() => toldAtOnce([result], () => stand.letGo(1)));
  const { port } = await set.masterOf(await set.slotOf(stand.queue));
  expect(told.get(port)).toMatchObject({ publish: 1, spublish: 0 });
});

it(
  'a worker whose user may not publish there settles, and the result is asked for',
  longest,
  async ({ stand }) => {
    await using users = await usersOf(stand.queue, '-spublish');
    await stand.work({ redisOptions: users.worker });
    const { result } = await waitFor(stand, stand.client(), 1);
    stand.letGo(1);
    expect(await result).toBe('done');
    expect((await users.refusals()).join()).toContain('spublish');
  },
);

it(
  'who waits while the slot moves gets the result, and is told where it then is',
  longest,
  async ({ stand }) => {
    await stand.work();
    const client = stand.client();
    const { result } = await waitFor(stand, client, 1);
    await set.migrate(await set.slotOf(stand.queue), async () => stand.letGo(1));
    expect(await result).toBe('done');
    await set.whole();
    expect(await toldNow(stand, client)).toMatchObject({ publish: 0, spublish: 1 });
  },
);

it(
  'who waits while the slot is handed over gets the result, and is told there',
  longest,
  async ({ stand }) => {
    await stand.work();
    const client = stand.client();
    const { result } = await waitFor(stand, client, 1);
    await set.failover(await set.slotOf(stand.queue));
    stand.letGo(1);
    expect(await result).toBe('done');
    await set.whole();
    expect(await toldNow(stand, client)).toMatchObject({ publish: 0, spublish: 1 });
  },
);

it(
  'who waits while the master is killed gets the result, and is told by the new one',
  longest,
  async ({ stand }) => {
    await stand.work();
    const client = stand.client();
    const { result } = await waitFor(stand, client, 1);
    const slot = await set.slotOf(stand.queue);
    const old = await set.masterOf(slot);
    await old.kill();
    await set.replaced(slot, old);
    stand.letGo(1);
    expect(await result).toBe('done');
    await old.restart();
    await set.whole();
    expect(await toldNow(stand, client)).toMatchObject({ publish: 0, spublish: 1 });
  },
);

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly disableClientInfo: true;
}

interface Users extends AsyncDisposable {
  readonly client: Credentials;
  readonly worker: Credentials;
  readonly refusals: () => Promise<readonly string[]>;
}

/** Users of the two roles, known to every node, with rules of their own behind those of the roles. */
async function usersOf(queue: string, ...others: readonly string[]): Promise<Users> {
  const [first, ...rest] = set.servers.map(({ url }) => new Redis(url));
  if (first === undefined) throw new Error('a Cluster has nodes');
  const [client, worker] = [
    await createRedisUser([first, ...rest], [...aclRules({ role: 'client', queue }), ...others]),
    await createRedisUser([first, ...rest], [...aclRules({ role: 'worker', queue }), ...others]),
  ];
  const credentials = ({ url }: { readonly url: string }): Credentials => {
    const { username, password } = new URL(url);
    return { username, password, disableClientInfo: true };
  };
  return {
    client: credentials(client),
    worker: credentials(worker),
    refusals: async () => [...(await client.refusals()), ...(await worker.refusals())],
    async [Symbol.asyncDispose]() {
      for (const redis of [first, ...rest]) redis.disconnect();
    },
  };
}
