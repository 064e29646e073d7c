import { ConfigError } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { commandsPerformed } from '@q/testkit';
import { describe, expect, test as pure } from 'vitest';
import { IncompatibleQueueError } from '../errors.ts';
import { test } from '../test-support/worker-test.ts';
import { audit } from './audit.ts';
import { type AuditOptions, auditDefaults, resolveAuditOptions } from './audit-options.ts';

const waiting = 'q;;;;;;\n1;;1000;;greet;\n[]';

describe('an audit', () => {
  test('of an empty queue finds nothing, on an instance that stays open, too', async ({
    redis,
    queueName,
  }) => {
    const report = await audit({ redis, queue: queueName(), repair: true });

    expect(report).toMatchObject({ isComplete: true, keys: 0, tasks: 0, found: 0, repaired: 0, counts: {} });
    expect(await redis.ping()).toBe('PONG');
  });

  test('asks only for tables that are there', async ({ startRedis, connect, queueName }) => {
    const redis = connect((await startRedis()).url);
    const queue = queueName();
    const keys = queueKeys(queue);
    await redis.hset(keys.running, 'a', 'tag');
    await redis.zadd(keys.due, 1, 'b');

    const { byCommand } = await commandsPerformed(redis, () => audit({ redis, queue }));

    expect(byCommand).toMatchObject({ hscan: 1, zscan: 1 });
    expect(byCommand).not.toHaveProperty('lrange');
  });

  test('walks a queue of any length, and puts what is stranded back in the order of its making', async ({
    redis,
    queueName,
  }) => {
    const queue = queueName();
    const keys = queueKeys(queue);
    const ids = Array.from({ length: 2_500 }, (_, at) => `t${String(at).padStart(4, '0')}`);
    await redis.mset(...ids.flatMap((id) => [keys.task(id), waiting]));
    await redis.lpush(keys.ready, ...ids.slice(1_500));

    const seen = await audit({ redis, queue, limit: 10 });
    const repaired = await audit({ redis, queue, repair: true, limit: 0 });

    expect(seen).toMatchObject({ tasks: 2_500, keys: 2_501, found: 1_500, repaired: 0 });
    expect(seen.findings).toHaveLength(10);
    expect(seen.findings[0]).toEqual({ kind: 'stranded', id: 't1499', place: 'ready', isRepaired: false });
    expect(repaired).toMatchObject({
      found: 1_500,
      repaired: 1_500,
      counts: { stranded: 1_500 },
      findings: [],
    });
    expect((await redis.lrange(keys.ready, 0, -1)).toReversed()).toEqual(ids);
    expect(await audit({ redis, queue })).toMatchObject({ found: 0 });
  });

  test('names keys that are not of this queue, and leaves them alone', async ({ redis, queueName }) => {
    const queue = queueName();
    const keys = queueKeys(queue);
    const odd = [`${keys.ready}9`, keys.task(''), keys.history('a')];
    await redis.mset(...odd.flatMap((key) => [key, 'mine']));
    await redis.lpush(keys.task('list'), 'mine');

    const { findings, isComplete } = await audit({ redis, queue, repair: true });

    expect(isComplete).toBe(true);
    expect(findings.map((one) => `${one.kind} ${'key' in one && one.key}`).toSorted()).toEqual([
      'unknown-key ready:9',
      'unknown-key task:',
      'wrong-type history:a',
      'wrong-type task:list',
    ]);
    expect(await redis.exists(...odd, keys.task('list'))).toBe(4);
  });

  test.for(['ready', 'running', 'workers', 'schedules', 'bell', 'meta'] as const)(
    'judges nothing by a table of another type, and says that it is not complete: %s',
    async (table, { redis, queueName }) => {
      const queue = queueName();
      const keys = queueKeys(queue);
      await redis.mset(keys.task('a'), waiting, keys[table], 'mine');

      const report = await audit({ redis, queue, repair: true });

      expect(report.isComplete).toBe(false);
      expect(report.findings).toContainEqual(
        expect.objectContaining({ kind: 'wrong-type', type: 'string', isRepaired: false }),
      );
      expect(await redis.get(keys[table])).toBe('mine');
      expect(report.repaired).toBe(0);
    },
  );

  test('refuses a queue that a newer version has worked on', async ({ redis, queueName }) => {
    const queue = queueName();
    await redis.hset(queueKeys(queue).meta, 'protocol', '2');

    await expect(audit({ redis, queue, repair: true })).rejects.toThrow(IncompatibleQueueError);
  });

  test('ends with the reason of its signal', async ({ redis, queueName }) => {
    const signal = AbortSignal.abort(new Error('enough'));

    await expect(audit({ redis, queue: queueName(), signal })).rejects.toThrow('enough');
  });
});

const redis = 'redis://127.0.0.1:1';

pure('an option that is undefined counts as left out', () => {
  const given = { redis, queue: undefined, repair: undefined, limit: undefined, lease: undefined };
  expect(Reflect.apply(resolveAuditOptions, undefined, [given])).toEqual({
    ...auditDefaults,
    redis,
    lease: 30_000,
    signal: undefined,
  });
});

pure.for<[string, AuditOptions | object]>([
  ['"redis" is missing', {}],
  ['"repair" must be true or false', { redis, repair: 1 }],
  ['"limit" must be a whole number', { redis, limit: -1 }],
  ['"allEnd" must be true or false', { redis, allEnd: 'no' }],
  ['"lease" must be 1000 to 3600000', { redis, lease: '1ms' }],
  ['"fix" does not exist', { redis, fix: true }],
  ['queue name', { redis, queue: 'a:b' }],
])('an option that cannot work is refused by name: %s', ([message, given]) => {
  const resolve = (): unknown => Reflect.apply(resolveAuditOptions, undefined, [given]);
  expect(resolve).toThrow(ConfigError);
  expect(resolve).toThrow(message);
});
