import { type RedisServer, startRedisServer } from '@q/dev-redis';
import { Cluster, Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askServer } from './ask-server.ts';
import { startClusterSet } from './cluster-set.ts';
import { serverOptionsOf } from './profile.ts';
import { startSentinelSet } from './sentinel-set.ts';

async function start(profile: 'P0' | 'P1' | 'P2'): Promise<RedisServer> {
  const server = await startRedisServer(serverOptionsOf(profile));
  onTestFinished(() => server.stop());
  return server;
}

describe('a single server', () => {
  for (const [profile, kept] of [
    ['P0', null],
    ['P1', 'there'],
    ['P2', 'there'],
  ] as const) {
    it(`of profile ${profile} ${kept === null ? 'forgets' : 'keeps'} its data when it is killed and started again`, async () => {
      const server = await start(profile);
      await askServer(server.url, (redis) => redis.set('key', 'there'));
      const { port, pid } = server;
      await server.restart();
      expect([server.port, server.pid === pid]).toEqual([port, false]);
      expect(await askServer(server.url, (redis) => redis.get('key'))).toBe(kept);
    });
  }
});

describe('a Sentinel set', () => {
  it('hands over to the replica on demand, and by itself when the master is killed', {
    timeout: 60_000,
  }, async () => {
    const set = await startSentinelSet();
    onTestFinished(() => set.stop());
    const redis = new Redis({ ...set.connection, sentinels: [...set.connection.sentinels] });
    redis.on('error', () => undefined);
    onTestFinished(() => redis.disconnect());
    await redis.set('key', 'there');
    const first = await set.master();
    await set.failover();
    const second = await set.master();
    expect(second).not.toBe(first);
    await set.whole();
    await second.kill();
    await set.replaced(second);
    expect(await set.master()).toBe(first);
    await second.restart();
    await set.whole();
    expect(await askServer(second.url, (each) => each.get('key'))).toBe('there');
  });
});

describe('a Cluster of six', () => {
  it('moves a slot, hands over to a replica, and replaces a master that is killed', {
    timeout: 60_000,
  }, async () => {
    const set = await startClusterSet();
    onTestFinished(() => set.stop());
    const cluster = new Cluster([...set.nodes]);
    cluster.on('error', () => undefined);
    onTestFinished(() => cluster.disconnect());
    const keys = Array.from({ length: 10 }, (_, n) => `{a}${n}`);
    for (const key of keys) await cluster.set(key, 'there');
    const slot = await set.slotOf('a');
    const before = await set.masterOf(slot);
    let halfway: unknown[] = [];
    const after = await set.migrate(slot, async () => {
      halfway = await Promise.all([before, await set.masterOf(slot)].map((each) => each.port));
    });
    expect([after === before, halfway]).toEqual([false, [before.port, before.port]]);
    expect(await Promise.all(keys.map((key) => cluster.get(key)))).toEqual(keys.map(() => 'there'));
    await set.failover(slot);
    const promoted = await set.masterOf(slot);
    expect(promoted).not.toBe(after);
    await set.whole();
    await promoted.kill();
    await set.replaced(slot, promoted);
    expect(await cluster.get('{a}0')).toBe('there');
    await promoted.restart();
    await set.whole();
  });
});
