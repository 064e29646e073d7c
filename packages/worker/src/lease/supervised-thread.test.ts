import { connectionOptions, test } from '@q/testkit';
import { describe, expect } from 'vitest';
import type { LeaseOrder } from './lease-order.ts';
import { StartBoard } from './start-board.ts';
import { SupervisedThread } from './supervised-thread.ts';

const order: LeaseOrder = {
  connection: { kind: 'server', options: {} },
  connectionName: 'q:lease:test',
  renewal: { source: 'return 1', sha1: '', args: [0] },
  queue: 'test',
  worker: 'w~1',
  lease: 150,
  interval: 50,
  maxBlock: 1_000,
  beats: new SharedArrayBuffer(4),
  board: StartBoard.ofSize(1).memory,
};

const leaseThread = new URL('../../dist/lease/lease-thread.js', import.meta.url);
const reporting = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'failed', reason: 'begun' });`;

function moduleOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

describe('SupervisedThread', () => {
  test('a thread that crashes is started again, for ever', async () => {
    let crashes = 0;
    let begun = 0;
    await new Promise<void>((resolve) => {
      const thread = new SupervisedThread({
        module: moduleOf(`${reporting} setTimeout(() => { throw new Error('boom'); }, 1);`),
        order,
        onReport: () => {
          begun += 1;
          if (begun === 4) void thread.stop().then(resolve);
        },
        onCrash: (error) => {
          crashes += 1;
          expect(error).toMatchObject({ message: 'boom' });
        },
      });
      void thread.start();
    });
    expect(crashes).toBe(3);
  });

  test('a module that is not there is a crash like any other', async () => {
    const error = await new Promise<unknown>((resolve) => {
      const module = new URL('./no-such-file.js', import.meta.url);
      const thread = new SupervisedThread({
        module,
        order,
        onReport: () => {},
        onCrash: (why) => void thread.stop().then(() => resolve(why)),
      });
      void thread.start();
    });
    expect(error).toMatchObject({ code: expect.stringContaining('MODULE_NOT_FOUND') });
  });

  test('an order that cannot be cloned is a crash like any other', async () => {
    const error = await new Promise<unknown>((resolve) => {
      const connection = { kind: 'server', options: { connect: () => {} } } as const;
      const uncloneable = { ...order, connection };
      const thread = new SupervisedThread({
        module: leaseThread,
        order: uncloneable,
        onReport: () => {},
        onCrash: (why) => void thread.stop().then(() => resolve(why)),
      });
      void thread.start();
    });
    expect(error).toMatchObject({ name: 'DataCloneError' });
  });

  test('nothing is reported, and nothing counts as a crash, after it was stopped', async () => {
    const seen: string[] = [];
    const thread = new SupervisedThread({
      module: moduleOf(
        `${reporting} setInterval(() => parentPort.postMessage({ kind: 'failed', reason: 'again' }), 1);`,
      ),
      order,
      onReport: () => seen.push('report'),
      onCrash: () => seen.push('crash'),
    });
    await thread.start();
    const stopping = thread.stop();
    const before = seen.length;
    await stopping;
    await thread.stop();
    expect(seen).toHaveLength(before);
    expect(seen).not.toContain('crash');
  });

  test('a running thread does not keep its process alive', async ({ childProcess, redisUrl }) => {
    const renewing = {
      connection: { kind: 'server', options: connectionOptions(redisUrl) },
      renewal: { source: 'return 1', sha1: '0'.repeat(40), args: [0] },
    };
    const entry = new URL('../test-support/idle-lease-thread.mjs', import.meta.url);
    const child = childProcess(entry, { env: { LEASE_ORDER: JSON.stringify(renewing) } });
    expect(await child.line('answered')).toBe('answered');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.errorLines).toEqual([]);
  });
});
