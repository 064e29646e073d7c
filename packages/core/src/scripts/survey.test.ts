import { expect } from 'vitest';
import { type Surveyed, survey } from './survey.ts';
import { numberedIds, type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { sampleItem } from './test-support/sample-values.ts';

async function walk(queue: QueueUnderTest, of: Surveyed, count = 100): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const reply: Awaited<ReturnType<typeof ask>> = await ask(queue, of, cursor, count);
    found.push(...reply.found);
    cursor = reply.cursor;
  }
  return found;
}

function ask(queue: QueueUnderTest, of: Surveyed, cursor: string, count: number) {
  return queue.run(survey, { of, cursor, count });
}

test('all keys of this queue, and of no other, with their types', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(numberedIds(250));
  await queue.redis.set(`q:{${queue.name}x}:meta`, 'of another queue');

  const found = await walk(queue, { kind: 'keys' });

  const types = new Map<string, string>();
  for (let at = 0; at < found.length; at += 2) types.set(found[at] ?? '', found[at + 1] ?? '');
  expect(types.size).toBe(250 + ['meta', 'workers', 'worker:w1', 'ready:', 'bell:'].length);
  expect(types.get('task:t0042')).toBe('string');
  expect(types.get('ready:')).toBe('list');
});

test('the fields of a hash, the members of a sorted set, the elements of a list', async ({ queue }) => {
  const ids = numberedIds(700);
  await queue.redis.hset(queue.keys.tries, Object.fromEntries(ids.map((id) => [id, 'x'])));
  await queue.enqueue(
    ...ids.slice(0, 300).map((id) => sampleItem(id, { start: { kind: 'delay', ms: 60_000 } })),
  );
  await queue.put(numberedIds(200, 'ready'));

  expect((await walk(queue, { kind: 'hash', key: queue.keys.tries })).toSorted()).toEqual(ids);
  expect((await walk(queue, { kind: 'zset', key: queue.keys.due })).toSorted()).toEqual(ids.slice(0, 300));
  expect((await walk(queue, { kind: 'list', key: queue.keys.ready })).toReversed()).toEqual(
    numberedIds(200, 'ready'),
  );
  for (const kind of ['hash', 'zset', 'list'] as const)
    expect(await walk(queue, { kind, key: queue.keys.suspects })).toEqual([]);
});

test('what stays in a list is in one of the pages, whatever is pushed and claimed meanwhile', async ({
  queue,
}) => {
  await queue.join('w1');
  const ids = numberedIds(400);
  await queue.put(ids);
  const of = { kind: 'list', key: queue.keys.ready } as const;

  const first = await ask(queue, of, '0', 100);
  await queue.put(numberedIds(150, 'new'));
  await queue.take('w1', 100);
  const seen = new Set(first.found);
  let cursor = first.cursor;
  while (cursor !== null) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(queue, of, cursor, 100);
    for (const id of page.found) seen.add(id);
    cursor = page.cursor;
  }

  expect(ids.slice(100).filter((id) => !seen.has(id))).toEqual([]);
});

test('the protocol of the queue; none when nobody has joined or the key is another one', async ({
  queue,
}) => {
  const of = { kind: 'keys' } as const;
  expect(await ask(queue, of, '0', 10)).toMatchObject({ protocol: 0 });
  await queue.join('w1');
  expect(await ask(queue, of, '0', 10)).toMatchObject({ protocol: 1 });
  await queue.redis.del(queue.keys.meta);
  await queue.redis.rpush(queue.keys.meta, 'x');
  expect(await ask(queue, of, '0', 10)).toMatchObject({ protocol: 0 });
});
