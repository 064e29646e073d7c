import { expect } from 'vitest';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { join } from './join.ts';
import { lease, test } from './test-support/queue-under-test.ts';

test('a worker that joins has a lease and is described for a day', async ({ queue }) => {
  const now = await queue.now();

  expect(await queue.run(join, { worker: 'w1', info: '{"host":"h"}', lease })).toEqual({
    kind: 'joined',
    now: expect.any(Number),
  });

  expect(Number(await queue.redis.zscore(queue.keys.workers, 'w1'))).toBeGreaterThanOrEqual(now + lease);
  expect(await queue.redis.get(queue.keys.worker('w1'))).toBe('{"host":"h"}');
  expect(await queue.redis.pttl(queue.keys.worker('w1'))).toBeGreaterThan(86_000_000);
  expect(await queue.redis.hgetall(queue.keys.meta)).toEqual({ protocol: String(PROTOCOL_VERSION) });
});

test('a worker of an older version is refused by a queue of a newer one, with nothing written', async ({
  queue,
}) => {
  await queue.redis.hset(queue.keys.meta, 'protocol', PROTOCOL_VERSION + 1);
  const before = await queue.dump();

  const reply = await queue.run(join, { worker: 'w1', info: '{}', lease });

  expect(reply).toEqual({ kind: 'incompatible', now: expect.any(Number), protocol: PROTOCOL_VERSION + 1 });
  expect(await queue.dump()).toEqual(before);
});

test('a worker of a newer version takes an older queue over', async ({ queue }) => {
  await queue.redis.hset(queue.keys.meta, 'protocol', PROTOCOL_VERSION - 1);

  expect(await queue.run(join, { worker: 'w1', info: '{}', lease })).toMatchObject({ kind: 'joined' });
  expect(await queue.redis.hget(queue.keys.meta, 'protocol')).toBe(String(PROTOCOL_VERSION));
});
