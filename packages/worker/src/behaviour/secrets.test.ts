import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { type Client, createClient } from '@q/client';
import { task } from '@q/core';
import { aclRules, queueKeys } from '@q/core/wire';
import { createRedisUser } from '@q/testkit';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { z } from 'zod';
import { lineLogger } from '../log.ts';
import { Retry } from '../retry/retry.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const secret = `secret${randomBytes(8).toString('hex')}`;

/** As producers send it, who need not know the schemas that the worker has. */
const sent = task<(wish: unknown) => unknown>('sent', { maxTries: 2, timeout: '200ms' });
const strict = task<(wish: unknown) => unknown>('strict');
const checked = task('checked', { input: z.object({ n: z.number() }), output: z.number() });
const nobodys = task<(wish: unknown) => unknown>('nobodys');

const received = task('strict', {
  input: z.object({ n: z.number() }),
  output: z.string().max(3),
  errors: { Full: z.object({ by: z.number() }) },
});

const wishes = {
  return: (text: string) => text,
  'throw an error': (text: string) => {
    throw new TypeError(text, { cause: new Error(text) });
  },
  'throw a text': (text: string) => {
    throw text;
  },
  'retry for good': (text: string) => {
    throw new Retry(text, { delay: 0, cause: new Error(text) });
  },
  'return what is too large': (text: string) => text.repeat(100_000),
  'return what cannot travel': (text: string) => ({ a: [text, () => text] }),
  'return what throws': (text: string) => ({
    get a() {
      throw new Error(text);
    },
  }),
} satisfies Record<string, (text: string) => unknown>;

type Wish = keyof typeof wishes | 'reject when it is too late';

/** Values of a task that no producer writes. */
const unreadable = [
  secret,
  `q;;;;;;\n${secret}`,
  `q;;;;;;\n1;;1;;${secret} of no name;\n[]`,
  `q;;;;;;\n1;;1;;sent;{"${secret}"\n[]`,
  `q;;;;;;\n1;;1;;sent;\n["${secret}"`,
  `q;;;;;;\n1;;1;;sent;\n"${secret}"`,
  `q;;;;;;\n1;;1;;sent;\n~{"json":["${secret}"],"meta":{"values":{"${secret}":["Date"]},"v":1}}`,
];

async function putRaw(queue: string, redis: Redis, client: Client, id: string, value: string) {
  const keys = queueKeys(queue);
  await redis.set(keys.task(id), value.startsWith('q') ? value : `q${value}`);
  await redis.lpush(keys.ready, id);
  await redis.lpush(keys.bell, '1');
  return client.handle(sent, id);
}

/** A result that this client cannot read. */
async function storedElsewhere(queue: string, redis: Redis, client: Client): Promise<void> {
  const value = `+;w~AAAAAAAAAAAA|1\nNjEtLV-sent\n["${secret}"`;
  await redis.set(queueKeys(queue).task('result'), value);
  await client.handle(sent, 'result').value({ timeout: '5s' });
}

/** Redis answers in the middle of a script. */
async function refusedByRedis(queue: string, redis: Redis): Promise<void> {
  const rules = aclRules({ role: 'client', queue }).filter((rule) => rule !== '+msetnx');
  const user = await createRedisUser(redis, rules);
  await using client = createClient({ redis: user.url, queue });
  await client.enqueue(sent, secret);
}

async function unanswered(queue: string): Promise<void> {
  await using client = createClient({ redis: 'redis://127.0.0.1:1', queue, deadline: '300ms' });
  await client.enqueue(sent, secret);
}

/** What a client throws, without the values that it hands over on purpose: the issues of a schema, a user's own error. */
async function wordsOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${error.name} ${error.message} ${error.stack}`;
  }
  throw new Error('it was not refused');
}

test('what clients send never stands in a log, nor in what clients throw', async ({ rig, redis }) => {
  const late = deferred<void>();
  const worker = rig.worker();
  worker.handle(sent, async (_ctx, wish) => {
    const [which, text] = wish as [Wish, string];
    if (which !== 'reject when it is too late') return wishes[which](text);
    await late.promise;
    throw new Error(text);
  });
  worker.handle(received, (ctx, { n }) => {
    if (n === 1) throw ctx.fail('Full', { by: 1 });
    return secret;
  });
  worker.handle(checked, (_ctx, { n }) => n);
  await rig.start(worker);

  const { client } = rig;
  const headers = { trace: secret, [secret]: 'x' };
  const ends: string[] = [];
  for (const which of [...(Object.keys(wishes) as Wish[]), 'reject when it is too late'] as const) {
    const handle = await client.enqueue(sent, [which, secret]).start({ headers });
    const result = await handle.result({ timeout: '10s' });
    ends.push(result.success ? 'success' : result.error.type);
  }
  expect(ends).toEqual(['success', 'error', 'error', 'error', 'error', 'error', 'error', 'timeout']);
  late.resolve();
  await rig.log.seen('has ended with an error');

  for (const wish of [{ n: secret }, { n: 1 }, { n: 2 }]) {
    const result = await (await client.enqueue(strict, wish).start({ headers })).result({ timeout: '10s' });
    expect(result.success).toBe(false);
  }

  for (const [at, value] of unreadable.entries()) {
    const result = await (await putRaw(rig.queue, redis, client, `raw-${at}`, value)).result({
      timeout: '10s',
    });
    expect(result).toMatchObject({ success: false, error: { type: 'invalid' } });
  }
  await putRaw(rig.queue, redis, client, 'of-another-codec', `q;;;;;;\n1;other;1;;sent;\n["${secret}"]`);
  await rig.log.seen('has no handler');
  await client.enqueue(nobodys, secret).start({ headers });
  await expect
    .poll(() => rig.log.records.filter(({ message }) => message.includes('has no handler')).length, {
      interval: 5,
    })
    .toBe(2);
  await redis.del(queueKeys(rig.queue).workers);
  await rig.log.seen('the lease of this worker was lost');

  const thrown = await Promise.all([
    wordsOf(() => client.enqueue(sent, [secret, () => secret])),
    wordsOf(() => client.enqueue(sent, secret.repeat(100_000))),
    wordsOf(() => client.enqueue(checked, { n: secret } as never)),
    wordsOf(() => client.enqueue(sent, 1).start({ headers: { a: { secret } } as never })),
    wordsOf(() => client.enqueue(sent, 1).start({ headers: { a: secret.repeat(1_000) } })),
    wordsOf(() => client.handle(sent, 'nothing-of-it').result({ timeout: '1s' })),
    wordsOf(() => storedElsewhere(rig.queue, redis, client)),
    wordsOf(() => refusedByRedis(rig.queue, redis)),
    wordsOf(() => unanswered(rig.queue)),
  ]);

  const lines: string[] = [];
  const stderr = lineLogger((line) => lines.push(line));
  for (const { level, facts, message } of rig.log.records) stderr[level](facts, message);
  const said = `${inspect(rig.log.records, { depth: null, showHidden: true, getters: true })}\n${lines.join('')}`;
  expect(rig.log.records.length).toBeGreaterThan(10);
  expect(said).not.toContain(secret);
  expect(thrown.map((words) => words.split(' ', 1)[0])).toEqual([
    'PayloadNotEncodableError',
    'PayloadTooLargeError',
    'InvalidInputError',
    'ConfigError',
    'ConfigError',
    'ResultMissingError',
    'PayloadMalformedError',
    'RedisRefusedError',
    'QueueUnavailableError',
  ]);
  expect(thrown.join('\n')).not.toContain(secret);
});
