import { expect } from 'vitest';
import { clusterSlot } from './cluster-slot.ts';
import { test } from './fixtures.ts';

test('the slot of a hash tag is the one that a server names', async ({ startRedis, connect }) => {
  const { url } = await startRedis({ args: ['--cluster-enabled', 'yes'] });
  const redis = connect(url);
  for (const tag of ['default', 'a', 'test-0123456789ab', 'ünïcode']) {
    expect(clusterSlot(tag), tag).toBe(await redis.cluster('KEYSLOT', `q:{${tag}}:ready`));
  }
});
