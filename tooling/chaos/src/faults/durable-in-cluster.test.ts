import { createClient } from '@q/client';
import { call } from '@q/core';
import { openAddress, startClusterSet } from '@q/dev-redis';
import { expect, it } from 'vitest';
import { plain } from '../workload/tasks.ts';

it('an enqueue that waits for replicas finds the queue where it was moved or handed over to', {
  timeout: 90_000,
}, async () => {
  await using set = await startClusterSet();
  const { redis, close } = openAddress({ kind: 'cluster', nodes: set.nodes });
  const client = createClient({ redis, queue: 'durable', durability: { replicas: 1, timeout: '4s' } });
  const slot = await set.slotOf(client.queue);
  const send = async (id: string): Promise<string> => (await client.send(call(plain, 1).start({ id }))).id;
  expect(await send('before')).toBe('before');
  await set.migrate(slot);
  await set.whole();
  expect(await send('moved')).toBe('moved');
  await set.failover(slot);
  await set.whole();
  expect(await send('handed')).toBe('handed');
  await client.close();
  close();
});
