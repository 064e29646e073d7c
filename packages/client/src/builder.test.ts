import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { describe, expect, onTestFinished } from 'vitest';
import { test } from './test-support/client-test.ts';

const tick = task('tick');

describe('a builder', () => {
  test('sends nothing until it is awaited, and once however often it is', async ({
    client,
    redis,
    queue,
  }) => {
    const builder = client.enqueue(tick);
    await client.enqueue(tick);
    expect(await redis.llen(queueKeys(queue).ready)).toBe(1);
    const [one, other] = [await builder, await builder];
    expect(one).toBe(other);
    expect(await redis.llen(queueKeys(queue).ready)).toBe(2);
  });

  test('is not changed by start(), which makes another one', async ({ client, redis, queue }) => {
    const plain = client.enqueue(tick);
    const delayed = plain.start({ delay: '1h' });
    const named = delayed.start({ id: 'order-7' });
    expect([
      await (await plain).status(),
      await (await delayed).status(),
      await (await named).status(),
    ]).toEqual(['queued', 'scheduled', 'queued']);
    expect(await redis.llen(queueKeys(queue).ready)).toBe(2);
    expect(Object.isFrozen(plain)).toBe(true);
  });

  test('and its equal with an empty start() are the same to a worker', async ({ client, worker }) => {
    const handles = [
      await client.enqueue(tick),
      await client.enqueue(tick).start(),
      await client.enqueue(tick).start({}),
    ];
    expect(await worker.claim(3)).toEqual(handles.map(({ id }) => id));
  });

  test('refuses options that exclude each other, where they are given', ({ client }) => {
    const start = client.enqueue(tick).start;
    expect(() => Reflect.apply(start, client.enqueue(tick), [{ delay: '1s', schedule: new Date() }])).toThrow(
      expect.objectContaining({ code: 'Q_CONFIG' }),
    );
  });

  test('that is dropped without being awaited warns, with the name of its task; one that was used does not', async ({
    client,
  }) => {
    const warnings: string[] = [];
    const onWarning = (warning: Error & { readonly code?: string }): void => {
      // Builders that other tests of this file drop are no concern of this one.
      if (warning.code === 'Q_BUILDER_DROPPED' && !warning.message.includes('"tick"'))
        warnings.push(warning.message);
    };
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    await useAndDrop();
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const warningsAfterCollection = (): number => {
      collect();
      return warnings.length;
    };
    await expect.poll(warningsAfterCollection, { interval: 10, timeout: 5_000 }).toBe(2);
    expect(warnings.map((message) => /"([^"]+)"/.exec(message)?.[1]).sort()).toEqual([
      'dropped',
      'dropped-too',
    ]);

    async function useAndDrop(): Promise<void> {
      client.enqueueUnsafe('dropped');
      client.enqueueUnsafe('dropped-too').start({ delay: 1 });
      await client.enqueueUnsafe('awaited');
      await client.enqueueUnsafe('started').start();
    }
  });
});

test('a handle is never thenable, so that awaiting it waits for nothing', async ({ client }) => {
  const handle = await client.enqueue(tick);
  expect('then' in handle).toBe(false);
  expect(await handle).toBe(handle);
});
