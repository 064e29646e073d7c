import { openRedisPort, type RedisPort } from '@q/client/port';
import { expect } from 'vitest';
import { Registry } from './handlers/registry.ts';
import { Latch } from './latch.ts';
import { Membership } from './membership.ts';
import { newWorkerId } from './presence.ts';
import { Slots } from './slots.ts';
import { test } from './test-support/worker-test.ts';
import { resolveWorkerOptions } from './worker-options.ts';

test('a worker says that it leaves before its lease thread has ended, which may take longer than it has time', async ({
  rig,
}) => {
  const order: string[] = [];
  process.once('worker', (thread) => thread.once('exit', () => order.push('thread ended')));
  const { queue, redis, log } = rig;
  const port = openRedisPort({ redis, queue, purpose: 'worker' });
  const changes = new Latch();
  const membership = new Membership(newWorkerId('test'), {
    port: withLeaving(port, () => order.push('left')),
    blocking: port.fork('blocking'),
    options: resolveWorkerOptions({ redis, queue, logger: log }),
    registry: new Registry('UTC'),
    slots: new Slots(1, () => changes.notify()),
    changes,
    context: { deps: undefined, log, client: () => rig.client },
    log,
  });
  await membership.join(new AbortController().signal, null);
  await membership.leave(AbortSignal.timeout(5_000));
  await port.close();
  expect(order).toEqual(['left', 'thread ended']);
});

/** The same port, which tells when Redis has answered that the worker has left. */
function withLeaving(port: RedisPort, onLeft: () => void): RedisPort {
  const run: RedisPort['run'] = async (script, input, options) => {
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
