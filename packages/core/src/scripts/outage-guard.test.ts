import { expect } from 'vitest';
import { renew } from './renew.ts';
import { lease, type QueueUnderTest, test } from './test-support/queue-under-test.ts';

/** `w1` holds `a`; `w2` swept the queue a moment ago. */
async function busyQueue(queue: QueueUnderTest): Promise<void> {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await queue.step('w2', { tend: true });
}

async function owner(queue: QueueUnderTest): Promise<string | null> {
  return await queue.redis.hget(queue.keys.running, 'a');
}

test('after a time in which nobody could renew, nobody is declared dead for as long, at most a lease', async ({
  queue,
}) => {
  await busyQueue(queue);

  queue.later(lease + 1_000);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBe('w1|1');

  queue.later(lease / 2);
  await queue.run(renew, { worker: 'w2', lease });
  expect(await owner(queue)).toBe('w1|1');

  queue.later(lease / 2);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBeNull();
});

test('a worker that comes back within that time keeps its tasks', async ({ queue }) => {
  await busyQueue(queue);
  queue.later(lease + 1_000);
  await queue.step('w2', { tend: true });

  expect(await queue.run(renew, { worker: 'w1', lease })).toMatchObject({ kind: 'renewed' });
  queue.later(lease / 2);
  await queue.run(renew, { worker: 'w2', lease });
  queue.later(lease / 2 - 5_000);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBe('w1|1');
});

test('when the clock goes back, leases that would last too long are cut to one lease from now', async ({
  queue,
}) => {
  await busyQueue(queue);

  queue.later(-3_600_000);
  const now = await queue.now();
  await queue.step('w2', { tend: true });

  for (const worker of ['w1', 'w2']) {
    const end = Number(await queue.redis.zscore(queue.keys.workers, worker));
    expect(end).toBeGreaterThanOrEqual(now + lease);
    expect(end).toBeLessThan(now + lease + 2_000);
  }
  expect(await owner(queue)).toBe('w1|1');
  await queue.lapseAllBut('w2');
  queue.later(2_000);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBeNull();
});

test('a clock that jumps forward and back does not postpone for the length of the jump', async ({
  queue,
}) => {
  await busyQueue(queue);
  queue.later(86_400_000);
  await queue.step('w2', { tend: true });
  queue.later(-86_400_000);
  await queue.step('w2', { tend: true });

  await queue.lapseAllBut('w2');
  queue.later(2_000);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBeNull();
});
