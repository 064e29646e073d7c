import { test as plain } from '@q/testkit';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { luaSources } from '../lua/sources.gen.ts';
import type { StepReply } from './step.ts';
import { openQueue, type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { type ScriptSample, scriptSamples } from './test-support/script-samples.ts';

const listed = scriptSamples.map((sample) => [sample.title, sample] as const);

plain('every script is in the table of samples', async ({ redis, queueName }) => {
  const names = new Set<string>();
  for (const { prepare } of scriptSamples) names.add((await prepare(openQueue(redis, queueName()))).name);

  expect([...names].toSorted()).toEqual(Object.keys(luaSources).toSorted());
});

function isMoment(value: unknown): boolean {
  return value === null || Number.isSafeInteger(value);
}

/** What a caller may see differently in a reply that it gets again. */
function repeated({ title, settles = [] }: ScriptSample, first: unknown): unknown {
  if (typeof first !== 'object' || first === null) return first;
  const again = { ...first, now: expect.any(Number) };
  if (title === 'define') return { ...again, kind: 'kept' };
  if (title === 'fire') return { ...again, kind: 'already' };
  if (title === 'audit') return { ...again, findings: [] };
  if (!title.startsWith('step')) return again;
  const claim: StepReply['claim'] = Reflect.get(first, 'claim');
  const settled = settles.flatMap(({ outcome }, at) => (outcome.kind === 'unlock' ? [] : [at]));
  return {
    ...again,
    verdicts: new Map(settled.map((at) => [at, expect.stringMatching(/already|aborted/)])),
    claim:
      claim.kind !== 'claimed'
        ? claim
        : {
            ...claim,
            more: expect.any(Boolean),
            tendAgain: expect.any(Boolean),
            nextAt: expect.toSatisfy(isMoment),
          },
  };
}

test.for(listed)(
  '%s: sent again after a lost reply it is answered alike and changes nothing',
  async ([, sample], { queue }) => {
    const call = await sample.prepare(queue);
    const first = await call.send();
    const state = await queue.dump();

    const again = await call.send();

    expect(again).toEqual(repeated(sample, first));
    expect(await queue.dump()).toEqual(state);
  },
);

/** What the call leaves behind when nothing stands in its way. */
async function undisturbed(sample: ScriptSample, queue: QueueUnderTest): Promise<string[]> {
  const call = await sample.prepare(queue);
  await call.send();
  return await queue.dump();
}

plain.for(listed)(
  '%s: a full Redis refuses new work whole and nothing else',
  async ([, sample], { startRedis, connect, queueName }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    const expected = await undisturbed(sample, openQueue(redis, queueName()));
    const queue = openQueue(redis, queueName());
    const call = await sample.prepare(queue);
    const before = await queue.dump();
    await redis.config('SET', 'maxmemory', '1');

    if (sample.isNewWork) {
      await expect(call.send()).rejects.toThrow(/OOM/);
      expect(await queue.dump()).toEqual(before);
    } else {
      await call.send();
      expect(await queue.dump()).toEqual(expected);
    }
  },
);

/** Puts something of another type in the place of a key. */
async function spoil(redis: Redis, key: string): Promise<void> {
  const isString = /:(task|worker):/.test(key);
  await redis.del(key);
  if (isString) await redis.rpush(key, 'of another type');
  else await redis.set(key, 'of another type');
}

/** Without the lines of one key, and of one id when it is a task's. */
function without(lines: readonly string[], key: string): string[] {
  const id = key.startsWith('task:') ? key.slice('task:'.length) : null;
  return lines
    .filter((line) => !line.startsWith(`${key} `) && !(id !== null && line.includes(id)))
    .map((line) => line.replace(/ "\d+ /, ' "'));
}

test.for(listed)(
  '%s: with a key of the wrong type it does all or nothing',
  async ([, sample], { redis, queueName }) => {
    const expected = await undisturbed(sample, openQueue(redis, queueName()));
    const { keys } = await sample.prepare(openQueue(redis, queueName()));
    for (let at = 0; at < keys.length; at += 1) {
      const queue = openQueue(redis, queueName());
      const call = await sample.prepare(queue);
      const key = call.keys[at] ?? '';
      await spoil(redis, key);
      const before = await queue.dump();

      const isDone = await call.send().then(
        () => true,
        () => false,
      );

      const suffix = key.slice(`q:{${queue.name}}:`.length);
      if (suffix.startsWith('task:cron:')) continue; // an id that is taken is passed over: fire.test.ts
      const after = await queue.dump();
      if (isDone)
        expect([without(after, suffix), without(before, suffix)], suffix).toContainEqual(
          without(expected, suffix),
        );
      else expect(after, suffix).toEqual(before);
    }
  },
);
