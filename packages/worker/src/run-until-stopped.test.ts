import { EventEmitter } from 'node:events';
import type { RedisSource } from '@q/client';
import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { Registry } from './handlers/registry.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Logger } from './log.ts';
import { type EndableProcess, runUntilStopped } from './run-until-stopped.ts';
import { deferred } from './test-support/deferred.ts';
import { recordedLog } from './test-support/recorded-log.ts';
import { test } from './test-support/worker-test.ts';
import { resolveWorkerOptions } from './worker-options.ts';

const work = task<() => void>('work');

class FakeProcess extends EventEmitter implements EndableProcess {
  readonly exited = deferred<number>();

  exit(code: number): void {
    this.exited.resolve(code);
  }
}

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function lifecycleOf(redis: RedisSource, queue: string, handler: () => unknown, logger = quiet): Lifecycle {
  const registry = new Registry('UTC');
  registry.handle(work, handler);
  return new Lifecycle(resolveWorkerOptions({ redis, queue, logger, gracePeriod: 20 }), registry);
}

describe('run()', () => {
  test('stops the worker at SIGTERM and resolves when all is done', async ({ rig }) => {
    const source = new FakeProcess();
    const ran = deferred();
    const run = runUntilStopped(
      lifecycleOf(rig.redis, rig.queue, () => ran.resolve()),
      source,
    );
    const handle = await rig.client.enqueue(work);
    await ran.promise;
    source.emit('SIGTERM');
    await run;
    expect(await handle.status()).toBe('done');
    expect(source.eventNames()).toEqual([]);
  });

  test('ends the process with 0 when a handler that was given up still holds it', async ({ rig }) => {
    const source = new FakeProcess();
    const started = deferred();
    const hang = (): Promise<void> => {
      started.resolve();
      return new Promise(() => undefined);
    };
    const run = runUntilStopped(lifecycleOf(rig.redis, rig.queue, hang), source);
    await rig.client.enqueue(work);
    await started.promise;
    source.emit('SIGINT');
    await run;
    expect(await source.exited.promise).toBe(0);
  });

  test('gives up a start that waits for Redis', async ({ queueName }) => {
    const source = new FakeProcess();
    const run = runUntilStopped(
      lifecycleOf('redis://127.0.0.1:1', queueName(), () => undefined),
      source,
    );
    source.emit('SIGTERM');
    await expect(run).resolves.toBeUndefined();
  });

  test('a worker that is told to stop while it starts, and has joined already, leaves like any other', async ({
    rig,
    redis,
  }) => {
    const source = new FakeProcess();
    const log = recordedLog();
    const signalling: Logger = {
      ...log,
      info: (facts, message) => {
        if (message === 'the worker has started') source.emit('SIGTERM');
        log.info(facts, message);
      },
    };
    await runUntilStopped(
      lifecycleOf(rig.redis, rig.queue, () => undefined, signalling),
      source,
    );
    expect(log.records.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(await redis.zcard(`q:{${rig.queue}}:workers`)).toBe(0);
  });

  test('rejects when the start fails', async ({ queueName }) => {
    const lifecycle = lifecycleOf('redis://127.0.0.1:1', queueName(), () => undefined);
    const run = runUntilStopped(lifecycle, new FakeProcess());
    lifecycle.cancelStart();
    await expect(run).rejects.toThrow();
  });
});
