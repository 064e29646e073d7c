import { expect } from 'vitest';
import { join } from './join.ts';
import { renew } from './renew.ts';
import { lease, type QueueUnderTest, test } from './test-support/queue-under-test.ts';

/** `w1` holds `a`; `w2` swept the queue a moment ago. */
async function busyQueue(queue: QueueUnderTest): Promise<void> {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await queue.step('w2', { tend: true });
}

/** A worker that takes part with another lease than the others, ms, from now on. */
async function joinWith(queue: QueueUnderTest, worker: string, own: number): Promise<void> {
  await queue.run(join, { worker, info: JSON.stringify({ lease: own }), lease: own });
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

  for (let third = 0; third < 2; third += 1) {
    queue.later(lease / 3);
    await queue.run(renew, { worker: 'w2', lease });
  }
  expect(await owner(queue)).toBe('w1|1');

  queue.later(lease / 3 + 1);
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

test('when the clock goes back, a worker whose lease had ended and who was not emptied yet waits for one lease at most', async ({
  queue,
}) => {
  await busyQueue(queue);
  queue.later(lease / 2);
  await queue.run(renew, { worker: 'w2', lease });
  await queue.redis.hset(queue.keys.meta, 'swept', (await queue.now()) + lease);
  queue.later(-3_600_000);
  await queue.step('w2', { tend: true });

  await queue.lapseAllBut('w2');
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBeNull();
});

test('when the clock goes back, a worker with a longer lease keeps what it had left of it', async ({
  queue,
}) => {
  await busyQueue(queue);
  const short = lease / 6;
  await queue.redis.zadd(queue.keys.workers, (await queue.now()) + lease, 'w1');

  queue.later(-3_600_000);
  const now = await queue.now();
  await queue.run(renew, { worker: 'w2', lease: short });

  const left = Number(await queue.redis.zscore(queue.keys.workers, 'w1')) - now;
  expect(left).toBeGreaterThan(lease - 2_000);
  expect(left).toBeLessThan(lease + 2_000);
});

test('after an outage a worker with a short lease is spared, whoever comes back first', async ({ queue }) => {
  await busyQueue(queue);
  const short = lease / 6;
  await joinWith(queue, 'w1', short);

  queue.later(short + 1_000);
  await queue.step('w2', { tend: true });
  queue.later(1_000);
  await queue.step('w2', { tend: true });
  expect(await owner(queue)).toBe('w1|1');
  expect(await queue.run(renew, { worker: 'w1', lease: short })).toMatchObject({ kind: 'renewed' });
});

test('after an outage one with a long lease does not keep others from being declared dead', async ({
  queue,
}) => {
  await busyQueue(queue);
  await joinWith(queue, 'w3', 3_600_000);

  queue.later(7_200_000);
  await queue.run(renew, { worker: 'w2', lease });
  expect(await owner(queue)).toBe('w1|1');
  await queue.lapseAllBut('w2');
  await queue.run(renew, { worker: 'w2', lease });
  expect(await owner(queue)).toBeNull();
  expect(await queue.redis.zscore(queue.keys.workers, 'w3')).not.toBeNull();
});

test('who was spared is spared again when the next outage comes before it could renew', async ({ queue }) => {
  await busyQueue(queue);
  for (let outage = 0; outage < 3; outage += 1) {
    queue.later(lease + 30_000);
    await queue.step('w2', { tend: true });
    queue.later(200);
    await queue.step('w2', { tend: true });
  }
  expect(await owner(queue)).toBe('w1|1');
});

test('after an outage everybody is spared, however many they are', async ({ queue }) => {
  await busyQueue(queue);
  const now = await queue.now();
  const many = Array.from({ length: 1_500 }, (_, at) => [now + 10_000 + at, `other${at}`]).flat();
  await queue.redis.zadd(queue.keys.workers, ...many);

  queue.later(lease + 1_000);
  await queue.step('w2', { tend: true });
  expect(await queue.redis.zcount(queue.keys.workers, 0, await queue.now())).toBe(0);
  queue.later(lease / 2);
  await queue.run(renew, { worker: 'w2', lease });
  expect(await queue.redis.zcard(queue.keys.workers)).toBe(1_502);
});

test('an outage of just more than half a lease leaves time to renew', async ({ queue }) => {
  await busyQueue(queue);
  await queue.redis.zadd(queue.keys.workers, (await queue.now()) + (lease * 2) / 3, 'w1');

  queue.later(lease * 0.6);
  await queue.run(renew, { worker: 'w2', lease });
  queue.later(lease / 3);
  await queue.run(renew, { worker: 'w2', lease });
  expect(await owner(queue)).toBe('w1|1');
});

test('who is being emptied is emptied further while others are spared', async ({ queue }) => {
  await busyQueue(queue);
  await queue.redis.zadd(queue.keys.dead, await queue.now(), 'w1');
  await queue.redis.zrem(queue.keys.workers, 'w1');
  await queue.join('w3');

  queue.later(lease + 1_000);
  await queue.run(renew, { worker: 'w2', lease });
  expect(await owner(queue)).toBeNull();
  expect(await queue.redis.zscore(queue.keys.workers, 'w3')).not.toBeNull();
});

test('an outage spares a worker whose lease ends right after it, longer than that of who comes back first', async ({
  queue,
}) => {
  await busyQueue(queue);
  await joinWith(queue, 'w1', 9_000);

  queue.later(8_000);
  await queue.run(renew, { worker: 'w2', lease: 1_000 });
  queue.later(2_000);
  await queue.run(renew, { worker: 'w2', lease: 1_000 });
  expect(await owner(queue)).toBe('w1|1');
});

test.for([
  { own: lease, dead: [false, false, false, true] },
  { own: 5_000, dead: [false, false, true] },
])(
  'where a look is rare, a worker with a lease of $own ms that died is emptied at the first or second after its end',
  async ({ own, dead }, { queue }) => {
    await queue.join('w1', 'w2');
    await queue.put(['a']);
    await queue.take('w1', 1);
    await joinWith(queue, 'w1', own);
    const looks: boolean[] = [];
    while (looks.length < dead.length) {
      await queue.run(renew, { worker: 'w2', lease });
      looks.push((await owner(queue)) === null);
      queue.later(lease / 3 + 5);
    }
    expect(looks).toEqual(dead);
  },
);

test('a queue that is looked after every second or two loses no time over who died', async ({ queue }) => {
  await busyQueue(queue);
  await queue.redis.zadd(queue.keys.workers, (await queue.now()) + 1_000, 'w1');

  queue.later(2_500);
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
