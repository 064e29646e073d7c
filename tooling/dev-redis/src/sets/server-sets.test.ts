import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { RedisServer } from '../redis-server.ts';
import { until } from '../until.ts';
import { askServer } from './ask-server.ts';
import { startClusterSet } from './cluster-set.ts';
import { startSentinelSet } from './sentinel-set.ts';

/** A master that needs more than it has refuses writes, as one does that has not heard of its replica. */
async function needReplicas({ url }: RedisServer, replicas: number): Promise<void> {
  await askServer(url, (redis) => redis.config('SET', 'min-replicas-to-write', replicas));
}

describe.concurrent('sets of servers', () => {
  it('Sentinels replace a master that is killed, and clients find the new one', {
    timeout: 60_000,
  }, async () => {
    await using set = await startSentinelSet();
    const redis = new Redis({ ...set.connection, sentinels: [...set.connection.sentinels] });
    redis.on('error', () => undefined);
    await redis.set('key', 'there');
    const [first, second] = [await set.master(), await set.replica()];
    await first.kill();
    await set.replaced(first);
    expect(await set.master()).toBe(second);
    const found = async (): Promise<string | undefined> =>
      (await redis.get('key').catch(() => null)) ?? undefined;
    expect(await until(found, { what: 'a client finds the new master' })).toBe('there');
    redis.disconnect();
  });

  it('a Cluster moves a slot, hands over to a replica, and replaces a master that is killed', {
    timeout: 60_000,
  }, async () => {
    await using set = await startClusterSet();
    const cluster = new Cluster([...set.nodes]);
    cluster.on('error', () => undefined);
    const keys = Array.from({ length: 10 }, (_, n) => `{a}${n}`);
    for (const key of keys) await cluster.set(key, 'there');
    const slot = await set.slotOf('a');
    const before = await set.masterOf(slot);
    let halfway: unknown[] = [];
    let willing: Promise<void> | undefined;
    const after = await set.migrate(slot, async () => {
      halfway = await Promise.all([before, await set.masterOf(slot)].map((each) => each.port));
      await needReplicas(before, 2);
      willing = sleep(500).then(() => needReplicas(before, 0));
    });
    await willing;
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
    cluster.disconnect();
  });
});
