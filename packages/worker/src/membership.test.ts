import { setImmediate as nextTurn } from 'node:timers/promises';
import { openRedisPort, type RedisPort } from '@q/client/port';
import { call, task } from '@q/core';
import type { StepInput } from '@q/core/wire';
import { describe, expect } from 'vitest';
import { Registry } from './handlers/registry.ts';
import { Latch } from './latch.ts';
import { Membership } from './membership.ts';
import { newWorkerId } from './presence.ts';
import { Slots } from './slots.ts';
import { deferred } from './test-support/deferred.ts';
import { type Rig, test } from './test-support/worker-test.ts';
import { resolveWorkerOptions } from './worker-options.ts';

const work = task<(n: number) => void>('work');

interface Observed {
  readonly membership: Membership;
  /** Every call of the step loop, in order. */
  readonly steps: readonly StepInput[];
  readonly close: () => Promise<void>;
  /** Called when Redis has answered that the worker has left. */
  readonly onLeave: (listener: () => void) => void;
}

function observe(rig: Rig, concurrency: number, handler: (n: number) => Promise<void>): Observed {
  const { queue, url: redis, log } = rig;
  const steps: StepInput[] = [];
  const port = openRedisPort({ redis, queue, purpose: 'worker' });
  let left: () => void = () => undefined;
  const observed = withSteps(port, { steps, onLeft: () => left() });
  const registry = new Registry('UTC');
  registry.handle(work, (_ctx: unknown, n: number) => handler(n));
  const changes = new Latch();
  const membership = new Membership(newWorkerId('test'), {
    port: observed,
    blocking: port.fork('blocking'),
    options: resolveWorkerOptions({ redis, queue, concurrency, logger: log }),
    registry,
    slots: new Slots(concurrency, () => changes.notify()),
    changes,
    context: { deps: undefined, log, client: () => rig.client },
    log,
  });
  return { membership, steps, close: () => port.close(), onLeave: (listener) => (left = listener) };
}

interface Notes {
  readonly steps: StepInput[];
  readonly onLeft: () => void;
}

/** The same port, with the inputs of its steps and its leaving noted on the way. */
function withSteps(port: RedisPort, { steps, onLeft }: Notes): RedisPort {
  const run: RedisPort['run'] = async (script, input, options) => {
    // Only steps have settles.
    if (script.name === 'step') steps.push(input as unknown as StepInput);
    const reply = await port.run(script, input, options);
    if (script.name === 'leave') onLeft();
    return reply;
  };
  return new Proxy(port, {
    get(target, key) {
      if (key === 'run') return run;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('the calls of a worker', () => {
  test('carry all that ended in one turn of the event loop, and ask for as much again', async ({ rig }) => {
    const [gate, all] = [deferred(), deferred()];
    let running = 0;
    const { membership, steps, close } = observe(rig, 32, async (n) => {
      running += 1;
      if (running === 32) all.resolve();
      await gate.promise;
      // They end one after the other, all within one turn.
      for (let step = 0; step < n; step += 1) await null;
    });
    await rig.client.enqueueMany(Array.from({ length: 32 }, (_, n) => call(work, n)));
    await membership.join(new AbortController().signal, null);
    await all.promise;
    // The loop has come to rest by then: nothing is there to be sent.
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    gate.resolve();
    await membership.idle(new AbortController().signal);
    await membership.leave(AbortSignal.timeout(5_000));
    await close();
    const settling = steps.filter(({ settles }) => settles.length > 0);
    expect(settling.map(({ settles, want, finished }) => [settles.length, want, finished.length])).toEqual([
      [32, 32, 1],
    ]);
  });

  test('come one at a time, and every outcome goes out once', async ({ rig }) => {
    const { membership, steps, close } = observe(rig, 5, async (n) => {
      for (let step = 0; step < n % 7; step += 1) await new Promise((resolve) => setImmediate(resolve));
    });
    const handles = await rig.client.enqueueMany(Array.from({ length: 200 }, (_, n) => call(work, n)));
    await membership.join(new AbortController().signal, null);
    await Promise.all(handles.map((handle) => handle.result({ timeout: '10s' })));
    await membership.leave(AbortSignal.timeout(5_000));
    await close();
    const settled = steps.flatMap(({ settles }) => settles.map(({ id }) => id));
    expect(settled.toSorted()).toEqual(handles.map(({ id }) => id).toSorted());
    expect(Math.max(...steps.map(({ want }) => want))).toBe(5);
    expect(steps.map(({ acked }) => acked)).toEqual(
      steps.map(({ acked }) => acked).toSorted((a, b) => a - b),
    );
  });
});

describe('a worker that leaves', () => {
  test('says so before its lease thread has ended, which may take longer than it has time', async ({
    rig,
  }) => {
    const order: string[] = [];
    process.once('worker', (thread) => thread.once('exit', () => order.push('thread ended')));
    const { membership, close, onLeave } = observe(rig, 1, async () => undefined);
    onLeave(() => order.push('left'));
    await membership.join(new AbortController().signal, null);
    await membership.leave(AbortSignal.timeout(5_000));
    await close();
    expect(order).toEqual(['left', 'thread ended']);
  });
});
