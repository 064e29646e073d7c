import { queueKeys } from '@q/core/wire';
import { startClusterSet } from '@q/dev-redis';
import { audit } from '@q/worker/auditor';
import { Cluster } from 'ioredis';
import { expect, it } from 'vitest';

const waiting = 'q;;;;;;\n1;;1000;;greet;\n[]';
/** Enough that every node has some. */
const queues = Array.from({ length: 12 }, (_, at) => `audited-${at}`);

it('an audit in a Cluster walks the node that has the queue, and no other queue', {
  timeout: 90_000,
}, async () => {
  await using set = await startClusterSet();
  const cluster = new Cluster([...set.nodes]);
  cluster.on('error', () => undefined);
  for (const queue of queues) {
    const keys = queueKeys(queue);
    await cluster.mset(keys.task('a'), waiting, keys.task('b'), waiting);
    await cluster.lpush(keys.ready, 'a');
  }

  for (const queue of queues) {
    const report = await audit({ redis: cluster, queue, repair: true });
    expect(report).toMatchObject({ queue, keys: 3, tasks: 2, found: 1, repaired: 1 });
    expect(await cluster.lrange(queueKeys(queue).ready, 0, -1)).toEqual(['a', 'b']);
  }
  cluster.disconnect();
});
