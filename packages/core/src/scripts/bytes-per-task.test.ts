import { expect } from 'vitest';
import { newTaskId, newWireId } from '../protocol/ids.ts';
import { encodeResult } from '../protocol/result.ts';
import { type QueueUnderTest, settlesOf, test } from './test-support/queue-under-test.ts';
import { sampleItem } from './test-support/sample-values.ts';

const count = 100;
const worker = `host~${newWireId()}`;
const payload = JSON.stringify(['x'.repeat(96)]);

async function bytesOf(queue: QueueUnderTest, ids: readonly string[]): Promise<number> {
  const keys = ids.map((id) => queue.keys.task(id));
  const each = await Promise.all([...keys, queue.keys.ready].map((key) => queue.redis.memory('USAGE', key)));
  return each.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) / ids.length;
}

// Redis adds an entry for each end, of some 40 bytes, and rounds up what it allocates: 16 to 32 bytes a step. What has at
// most 44 bytes is one piece with its object.
test('a task of 100 bytes takes at most 300 bytes while it waits, and 160 with an empty result', async ({
  queue,
}) => {
  const ids = Array.from({ length: count }, () => newTaskId());
  await queue.join(worker);
  await queue.enqueue(...ids.map((id) => sampleItem(id, { name: 'image.resize', payload })));
  expect(await bytesOf(queue, ids)).toBeLessThanOrEqual(300);

  await queue.take(worker, count);
  const finishedAt = await queue.now();
  const times = { createdAt: finishedAt - 40_000, enqueuedAt: finishedAt - 40_000, startedAt: finishedAt };
  const body = encodeResult({ ...times, name: 'image.resize', finishedAt, tries: 1, codec: '' }, '');
  const result = { ttl: 300_000, nonce: '', lock: '', keepLock: false, finishedAt, body } as const;
  const outcomes = Object.fromEntries(ids.map((id) => [id, { kind: 'succeed', ...result } as const]));
  await queue.step(worker, { acked: 1, settles: settlesOf(1, outcomes), finished: [1] });

  expect(await queue.redis.strlen(queue.keys.task(ids[0] ?? ''))).toBeLessThanOrEqual(44);
  expect(await bytesOf(queue, ids)).toBeLessThanOrEqual(160);
});
