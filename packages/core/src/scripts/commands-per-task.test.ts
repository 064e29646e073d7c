import { test as base, commandsPerformed } from '@q/testkit';
import { expect } from 'vitest';
import { numberedIds, openQueue, type QueueUnderTest, settlesOf } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';

const batch = 32;
const batches = 20;

/** With a queue that one worker has joined, on a server of its own: commands are counted by the server. */
const test = base.extend<{ readonly queue: QueueUnderTest }>({
  queue: async ({ startRedis, connect, queueName }, use) => {
    const server = await startRedis();
    const queue = openQueue(connect(server.url), queueName());
    await queue.join('w1');
    await use(queue);
  },
});

test('a task that does nothing costs at most 2 commands from enqueue to settled, those inside scripts included', async ({
  queue,
}) => {
  const ids = numberedIds(batch * batches);
  const partOf = (at: number): string[] => ids.slice(at * batch, (at + 1) * batch);
  const outcomesOf = (at: number) =>
    Object.fromEntries(partOf(at).map((id) => [id, sampleResult('succeed')]));

  const { total, byCommand } = await commandsPerformed(queue.redis, async () => {
    for (let at = 0; at < batches; at += 1) await queue.enqueue(...partOf(at).map((id) => sampleItem(id)));
    for (let at = 0; at <= batches; at += 1) {
      const settles = at === 0 ? [] : settlesOf(at, outcomesOf(at - 1));
      const { claim } = await queue.step('w1', {
        acked: at,
        want: batch,
        settles,
        finished: at === 0 ? [] : [at],
        tend: true,
      });
      if (claim.kind !== 'claimed') throw new Error(`claims: ${claim.kind}`);
      expect(claim.number).toBe(Math.min(at + 1, batches));
    }
  });

  expect(await queue.redis.exists(queue.keys.running, queue.keys.ready)).toBe(0);
  expect(total / ids.length, JSON.stringify(byCommand)).toBeLessThanOrEqual(2);
});

test('a task whose claim comes with the result of the one before costs 15 commands, and its result goes when its ttl is over', async ({
  queue,
}) => {
  await queue.put(['a', 'b', 'c']);
  await queue.take('w1', 1);
  const outcome = sampleResult('succeed', { ttl: 300_000 });
  const { total, byCommand } = await commandsPerformed(queue.redis, async () => {
    await queue.step('w1', { acked: 1, want: 1, settles: settlesOf(1, { a: outcome }), finished: [1] });
  });
  const { evalsha = 0, eval: evaluated = 0 } = byCommand;

  expect(evalsha + evaluated).toBe(1);
  expect(total - 1, JSON.stringify(byCommand)).toBeLessThanOrEqual(15);
  const left = await queue.redis.pttl(queue.keys.task('a'));
  expect(left).toBeGreaterThan(240_000);
  expect(left).toBeLessThanOrEqual(300_000);
});

test('a queue of plain tasks that was drained leaves results with a TTL and nothing that grows', async ({
  queue,
}) => {
  await queue.put(numberedIds(100));
  const { deliveries } = await queue.take('w1', 100);
  const outcomes = Object.fromEntries(deliveries.map(({ id }) => [id, sampleResult('succeed')]));
  await queue.step('w1', { acked: 1, settles: settlesOf(1, outcomes), finished: [1] });

  const lines = await queue.dump();
  expect(lines.filter((line) => /^task:\S+ string ttl /.test(line))).toHaveLength(100);
  expect(lines.filter((line) => !line.startsWith('task:')).map((line) => line.split(' ')[0])).toEqual([
    'bell:',
    'claims:w1',
    'meta',
    'worker:w1',
    'workers',
  ]);
});
