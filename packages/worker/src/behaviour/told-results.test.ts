import { call, task } from '@q/core';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const double = task<(n: number) => number>('double');
const count = 200;
/** ms; a result whose message was lost is asked for again after 2 s at the earliest. */
const beforeAsking = 1_500;

/** Counts what is published for a queue, as a subscriber of this server hears it. */
async function heardOn(redis: Redis, queue: string): Promise<() => number> {
  let heard = 0;
  redis.on('pmessage', () => {
    heard += 1;
  });
  await redis.psubscribe(`q:{${queue}}:c:*`);
  return () => heard;
}

function areSameAndSome([first = 0, ...others]: number[]): boolean {
  return first > 0 && others.every((other) => other === first);
}

test('every result that is waited for is told by a message, which reaches subscribers of every server', async ({
  rig,
  shared,
  connect,
}) => {
  const heard = await Promise.all(shared.urls.map((url) => heardOn(connect(url), rig.queue)));
  const worker = rig.worker();
  worker.handle(double, (_ctx, n) => n * 2);
  const handles = await rig.client.enqueueMany(Array.from({ length: count }, (_, n) => call(double, n)));
  // Subscribes, and asks for all: what is told afterwards comes by message alone.
  const values = Promise.all(handles.map((handle) => handle.value()));
  await rig.client.enqueue(double, 0);
  await rig.start(worker);
  const begunAt = performance.now();
  expect(await values).toEqual(handles.map((_, n) => n * 2));
  expect(performance.now() - begunAt).toBeLessThan(beforeAsking);
  // No server is ahead of the others for long, nor has the last of them heard before the client.
  const counts = (): number[] => heard.map((each) => each());
  await expect.poll(counts, { interval: 5 }).toSatisfy(areSameAndSome);
});
