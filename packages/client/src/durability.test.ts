import { call, task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { commandsPerformed, type Fixtures } from '@q/testkit';
import { Cluster, type Redis } from 'ioredis';
import { describe, expect, onTestFinished } from 'vitest';
import { NotReplicatedError } from './errors.ts';
import { test } from './test-support/client-test.ts';

const tick = task<() => void>('tick');

type Server = Awaited<ReturnType<Fixtures['startRedis']>>;

interface Pair {
  readonly master: Server;
  readonly replica: Server;
}

async function startPair({ startRedis, connect }: Pick<Fixtures, 'startRedis' | 'connect'>): Promise<Pair> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await startRedis({ args: ['--replicaof', master.host, String(master.port)] });
  await inSync(connect(replica.url));
  return { master, replica };
}

/** The connection is closed. */
async function inSync(replica: Redis): Promise<void> {
  await expect
    .poll(() => replica.info('replication'), { interval: 5, timeout: 10_000 })
    .toContain('master_link_status:up');
  replica.disconnect();
}

function refusalOf(sent: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(sent).then(
    () => 'accepted',
    (error: unknown) => error,
  );
}

test('a list of which one asks for what its client has no time for is refused whole', async ({
  startRedis,
  makeClient,
  connect,
  queue,
}) => {
  const { url } = await startRedis();
  const client = makeClient({ redis: url, deadline: '1s' });
  const list = [call(tick), call(tick).start({ durability: { replicas: 1 } })];
  await expect(client.enqueueMany(list)).rejects.toMatchObject({
    code: 'Q_CONFIG',
    message: expect.stringContaining('durability.timeout'),
  });
  await client.enqueue(tick);
  expect(await connect(url).llen(queueKeys(queue).ready)).toBe(1);
});

describe('an enqueue that asks for a replica', () => {
  test('resolves when the replica has the task, one WAIT for all that are sent together', async ({
    startRedis,
    connect,
    makeClient,
    queue,
  }) => {
    const { master, replica } = await startPair({ startRedis, connect });
    const client = makeClient({ redis: master.url, durability: { replicas: 1 } });
    await client.enqueue(tick);
    const { byCommand, value } = await commandsPerformed(connect(master.url), () =>
      Promise.all(Array.from({ length: 100 }, () => client.enqueue(tick))),
    );
    expect(byCommand).toMatchObject({ evalsha: 1, hset: 1, wait: 1 });
    await master.kill();
    const promoted = connect(replica.url);
    await promoted.replicaof('NO', 'ONE');
    const keys = value.map(({ id }) => queueKeys(queue).task(id));
    expect(await promoted.exists(...keys)).toBe(100);
  });

  test('rejects with what is known when the replica is silent, and can be sent again', async ({
    startRedis,
    connect,
    makeClient,
    queue,
  }) => {
    const { master, replica } = await startPair({ startRedis, connect });
    const client = makeClient({ redis: master.url });
    const safe = call(tick).start({ id: 'order-7', durability: { replicas: 1, timeout: 100 } });
    await replica.pause();
    const error = await refusalOf(client.send(safe));
    expect(error).toBeInstanceOf(NotReplicatedError);
    expect(error).toMatchObject({
      code: 'Q_NOT_REPLICATED',
      id: 'order-7',
      queue,
      wanted: 1,
      confirmed: 0,
      timeout: 100,
    });
    expect(await client.status('order-7')).toBe('queued');
    // Known already, and still on the master alone: a duplicate is no proof of a replica.
    expect(await refusalOf(client.send(safe))).toBeInstanceOf(NotReplicatedError);
    // Nor for somebody whose connection has written nothing.
    const other = makeClient({ redis: master.url });
    expect(await refusalOf(other.send(safe))).toBeInstanceOf(NotReplicatedError);
    await replica.resume();
    await expect.poll(() => refusalOf(client.send(safe)), { interval: 20, timeout: 10_000 }).toBe('accepted');
    // It writes a mark of its own: newer servers wait for the last write of a connection, and a duplicate is none.
    const again = await commandsPerformed(connect(master.url), () => client.send(safe));
    expect(again.value).toMatchObject({ duplicate: true });
    expect(again.byCommand).toMatchObject({ evalsha: 1, hset: 1, wait: 1 });
    expect(await connect(master.url).llen(queueKeys(queue).ready)).toBe(1);
  });

  for (const refused of ['hset', 'wait']) {
    test(`says that its task is stored when ${refused.toUpperCase()} behind it is refused, and why`, async ({
      startRedis,
      connect,
      makeClient,
      queue,
    }) => {
      const { master } = await startPair({ startRedis, connect });
      const admin = connect(master.url);
      await admin.call('ACL', 'SETUSER', 'limited', 'on', 'nopass', '~*', '&*', '+@all', `-${refused}`);
      const redis = master.url.replace('redis://', 'redis://limited:any@');
      const client = makeClient({ redis, durability: { replicas: 1 } });
      const error = await refusalOf(client.enqueue(tick).start({ id: 'order-7' }));
      expect(error).toBeInstanceOf(NotReplicatedError);
      expect(error).toMatchObject({
        id: 'order-7',
        confirmed: 0,
        cause: { code: 'Q_REDIS_REFUSED', reason: 'NOPERM', operation: refused },
      });
      expect(await admin.lrange(queueKeys(queue).ready, 0, -1)).toEqual(['order-7']);
    });
  }

  test('holds up nobody else of the same client', async ({ startRedis, connect, makeClient }) => {
    const { master, replica } = await startPair({ startRedis, connect });
    const client = makeClient({ redis: master.url, durability: { replicas: 1, timeout: '2s' } });
    await client.enqueue(tick);
    await replica.pause();
    let isSettled = false;
    const waiting = refusalOf(client.enqueue(tick)).finally(() => {
      isSettled = true;
    });
    const plain = await client.enqueue(tick).start({ durability: null });
    expect(await plain.status()).toBe('queued');
    expect(await plain.abort()).toBe(true);
    expect(isSettled).toBe(false);
    expect(await waiting).toBeInstanceOf(NotReplicatedError);
  });

  test('is confirmed by the master that it was sent to again', async ({
    startRedis,
    connect,
    makeClient,
  }) => {
    const { master, replica } = await startPair({ startRedis, connect });
    const client = makeClient({ redis: master.url, durability: { replicas: 1, timeout: '2s' } });
    await client.enqueue(tick);
    await connect(master.url).script('FLUSH');
    // Its text is sent, and the replica asked for again.
    await expect(Promise.resolve(client.enqueue(tick))).resolves.toHaveProperty('duplicate', false);
    await connect(master.url).call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect(Promise.resolve(client.enqueue(tick))).resolves.toHaveProperty('duplicate', false);
    await replica.kill();
    expect(await refusalOf(client.enqueue(tick))).toBeInstanceOf(NotReplicatedError);
  });

  test('of a Cluster is waited for at the node that has the queue', async ({
    startRedis,
    connect,
    makeClient,
  }) => {
    const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
    const server = await startRedis({ args: cluster });
    await connect(server.url).call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    const instance = new Cluster([{ host: server.host, port: server.port }]);
    onTestFinished(() => instance.disconnect());
    const client = makeClient({ redis: instance, durability: { replicas: 1, timeout: 20 } });
    const { byCommand, value } = await commandsPerformed(connect(server.url), () =>
      refusalOf(client.enqueue(tick).start({ id: 'a' })),
    );
    expect(value).toMatchObject({ code: 'Q_NOT_REPLICATED', confirmed: 0 });
    expect(byCommand['wait']).toBe(2);
  });
});

test('a master that refuses to write without replicas is waited for until the deadline, and has nothing', async ({
  startRedis,
  connect,
  makeClient,
  queue,
}) => {
  const { master, replica } = await startPair({ startRedis, connect });
  const admin = connect(master.url);
  await admin.config('SET', 'min-replicas-to-write', 1);
  const client = makeClient({ redis: master.url, deadline: '500ms' });
  await client.enqueue(tick);
  await replica.kill();
  await expect
    .poll(() => admin.info('replication'), { interval: 5, timeout: 10_000 })
    .toContain('connected_slaves:0');
  const error = await refusalOf(client.enqueue(tick).start({ id: 'b' }));
  expect(error).toMatchObject({ code: 'Q_REDIS_UNAVAILABLE', id: 'b' });
  expect(await admin.exists(queueKeys(queue).task('b'))).toBe(0);
  await replica.restart();
  await inSync(connect(replica.url));
  await expect(Promise.resolve(client.enqueue(tick).start({ id: 'b' }))).resolves.toHaveProperty(
    'duplicate',
    false,
  );
});
