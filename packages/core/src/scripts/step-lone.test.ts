import { createHash } from 'node:crypto';
import { commandsPerformed } from '@q/testkit';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { luaSources } from '../lua/sources.gen.ts';
import { abort } from './abort.ts';
import type { StepInput, StepReply } from './step.ts';
import {
  numberedIds,
  openQueue,
  type QueueUnderTest,
  settlesOf,
  test,
} from './test-support/queue-under-test.ts';
import { type SampleResult, sampleResult } from './test-support/sample-values.ts';
import { watch } from './watch.ts';

const shortCut = 'if settles <= 1 then';
const source = luaSources.step.source.replace(shortCut, 'if false then');
/** The script as it is for all that is more than plain. */
const longWay = { ...luaSources.step, source, sha1: createHash('sha1').update(source).digest('hex') };

const clients: readonly string[] = ['c1', 'c2', '!c3'];
const spoilt = [
  'aborted',
  'deleted',
  'listed twice',
  'unreadable',
  'odd id',
  'unrung',
  'tried',
  'plain again',
  'large',
] as const;

interface Put {
  readonly kind: 'put';
  readonly many: number;
  readonly client: number;
}

/** Something that makes a task, or the queue, more than plain. */
interface Spoil {
  readonly kind: 'spoil';
  readonly how: (typeof spoilt)[number];
  readonly nth: number;
}

/** Of what is settled. */
interface Result extends Required<Pick<SampleResult, 'ttl' | 'nonce' | 'lock'>> {
  readonly payload: keyof typeof payloads;
}

interface Step {
  readonly kind: 'step';
  readonly want: number;
  readonly settles: number;
  readonly outcome: 'succeed' | 'fail';
  readonly result: Result;
  readonly finishes: 'nothing' | 'whole' | 'in parts';
  readonly listens: StepInput['listens'];
  readonly tend: StepInput['tend'];
  readonly isForeign: boolean;
  readonly isLost: boolean;
}

type Act = Put | Spoil | Step;

const seldom = fc.nat(9).map((chance) => chance === 0);
/** Not the bytes themselves: a story that fails is printed. */
const payloads = { none: '', short: '"hello"', long: JSON.stringify('x'.repeat(70_000)) };
const results: fc.Arbitrary<Result> = fc.record({
  ttl: fc.constantFrom(300_000, 300_000, 300_000, 300_000, 300_000, 60_000, 59_999, 0, null, 10 ** 14),
  nonce: fc.constantFrom('', 'n'),
  lock: fc.constantFrom('', '', '', '', '', 'l'),
  payload: fc.constantFrom<keyof typeof payloads>('none', 'short', 'long'),
});
const puts: fc.Arbitrary<Put> = fc.record({
  kind: fc.constant('put' as const),
  many: fc.constantFrom(1, 1, 2, 3),
  client: fc.nat(2 * clients.length),
});
const spoils: fc.Arbitrary<Spoil> = fc.record({
  kind: fc.constant('spoil' as const),
  how: fc.constantFrom(...spoilt),
  nth: fc.nat(2),
});
const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('step' as const),
  want: fc.constantFrom(0, 1, 1, 5),
  settles: fc.constantFrom(0, 1, 1, 1, 2),
  outcome: fc.constantFrom('succeed' as const, 'succeed' as const, 'fail' as const),
  result: results,
  finishes: fc.constantFrom<Step['finishes']>('nothing', 'whole', 'whole', 'in parts'),
  listens: fc.constantFrom<StepInput['listens']>('none', 'inbox', 'bell'),
  tend: fc.constantFrom<StepInput['tend']>(false, false, false, 'if-due', true),
  isForeign: seldom,
  isLost: seldom,
});
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: puts },
    { weight: 1, arbitrary: spoils },
    { weight: 12, arbitrary: steps },
  ),
  { minLength: 30, maxLength: 60 },
);

/** Two queues of which all is said alike: the script of one may take the short cut, that of the other may not. */
class Twins {
  readonly #both: readonly [QueueUnderTest, QueueUnderTest];
  readonly #listener: Redis;
  readonly #heard = new Map<string, string[]>();
  readonly #held: Array<readonly [id: string, claim: number]> = [];
  #made = 0;
  #acked = 0;

  constructor(redis: Redis, listener: Redis, queueName: () => string) {
    const changed = { step: longWay };
    this.#both = [openQueue(redis, queueName()), openQueue(redis, queueName(), undefined, changed)];
    this.#listener = listener;
  }

  async start(): Promise<void> {
    for (const queue of this.#both) {
      for (const client of clients) {
        const channel = queue.keys.channel(client);
        await (client.startsWith('!')
          ? this.#listener.ssubscribe(channel)
          : this.#listener.subscribe(channel));
      }
      await queue.join('w1', 'w2');
      // Others hold some, too.
      await queue.put(['x1', 'x2', 'x3', 'x4', 'x5', 'x6']);
      await queue.take('w2', 6, { tend: true });
    }
    const hear = (channel: string, message: string): void => {
      const [, client = ''] = /:c:(.*)$/.exec(channel) ?? [];
      const twin = this.#both.findIndex(({ keys }) => channel === keys.channel(client));
      const key = `${twin} ${client}`;
      this.#heard.set(key, [...(this.#heard.get(key) ?? []), message]);
    };
    this.#listener.on('message', hear);
    this.#listener.on('smessage', hear);
  }

  async act(act: Act): Promise<void> {
    if (act.kind === 'step') await this.#step(act);
    else
      for (const queue of this.#both)
        await (act.kind === 'put' ? this.#put(queue, act) : this.#spoil(queue, act));
    if (act.kind === 'put') this.#made += act.many;
  }

  async compare(): Promise<void> {
    const [short, long] = await Promise.all(this.#both.map((queue) => queue.dump()));
    expect(short).toEqual(long);
  }

  async #put(queue: QueueUnderTest, { many, client }: Put): Promise<void> {
    const ids = Array.from({ length: many }, (_, at) => `t${this.#made + at}`);
    await queue.put(ids);
    const told = clients[client];
    if (told !== undefined) await queue.run(watch, { client: told, ids });
    if (told === 'c2') await queue.run(watch, { client: 'c1', ids });
  }

  async #spoil({ redis, keys, run }: QueueUnderTest, { how, nth }: Spoil): Promise<void> {
    const id = `t${this.#made - 1 - nth}`;
    switch (how) {
      case 'aborted':
        await run(abort, { id, notAfter: Number.MAX_SAFE_INTEGER });
        return;
      case 'deleted':
        await redis.del(keys.task(id));
        return;
      case 'listed twice':
        await redis.rpush(keys.ready, id);
        return;
      case 'unreadable':
        await redis.set(keys.task(id), 'rubbish');
        return;
      case 'odd id':
        await redis.set(keys.task('an id'), 'q;;;;;;\n1;;1;;greet;\n[]');
        await redis.rpush(keys.ready, 'an id');
        return;
      case 'unrung':
        await redis.del(keys.bell);
        return;
      case 'tried':
        await redis.hset(keys.tries, id, '1,1,0,,w9|1');
        return;
      case 'plain again':
        await redis.del(keys.tries);
        return;
      case 'large':
        await redis.append(keys.task(id), 'x'.repeat(263_000));
    }
  }

  async #step({
    outcome: kind,
    result,
    settles: count,
    finishes,
    isForeign,
    isLost,
    ...wishes
  }: Step): Promise<void> {
    const outcome = sampleResult(kind, { ...result, payload: payloads[result.payload] });
    const settled = this.#held.slice(0, count);
    const claims = [...new Set(settled.map(([, claim]) => claim))];
    const settles = settled.flatMap(([id, claim]) =>
      settlesOf(isForeign ? claim + 7 : claim, { [id]: outcome }),
    );
    const input = {
      ...wishes,
      acked: this.#acked,
      settles,
      finished: finishes === 'whole' ? claims : [],
      finishedInParts: finishes === 'in parts' ? claims : [],
    };
    const [short, long] = [await this.#both[0].step('w1', input), await this.#both[1].step('w1', input)];
    expect(comparable(short)).toEqual(comparable(long));
    if (!isForeign) this.#held.splice(0, count);
    if (short.claim.kind !== 'claimed' || isLost || short.claim.number === this.#acked) return;
    this.#acked = short.claim.number;
    for (const { id } of short.claim.deliveries) this.#held.push([id, this.#acked]);
  }

  async compareMessages(): Promise<void> {
    for (const { redis, keys } of this.#both) {
      for (const client of clients)
        await (client.startsWith('!')
          ? redis.spublish(keys.channel(client), 'end')
          : redis.publish(keys.channel(client), 'end'));
    }
    await expect
      .poll(() => [...this.#heard.values()].filter((messages) => messages.at(-1) === 'end').length)
      .toBe(2 * clients.length);
    for (const client of clients) expect(this.#told(0, client)).toEqual(this.#told(1, client));
  }

  /** Without the moments of what scripts end. */
  #told(twin: 0 | 1, client: string): readonly string[] {
    const messages = this.#heard.get(`${twin} ${client}`) ?? [];
    return messages.map((message) => message.replaceAll(/\d{13}/g, '<ms>'));
  }
}

function comparable({ claim, verdicts }: StepReply): object {
  if (claim.kind !== 'claimed') return { claim, verdicts };
  return { verdicts, claim: { ...claim, nextAt: claim.nextAt === null ? null : 'a moment' } };
}

test('the script has the short cut that is left out here', () => {
  expect(luaSources.step.source.split(shortCut)).toHaveLength(2);
});

test('what takes the short cut leaves, answers and tells what it would without', async ({
  startRedis,
  connect,
  queueName,
}) => {
  const { url } = await startRedis();
  const redis = connect(url);
  const { byCommand } = await commandsPerformed(redis, () =>
    fc.assert(
      fc.asyncProperty(acts, async (story) => {
        const listener = connect(url);
        const twins = new Twins(redis, listener, queueName);
        await twins.start();
        for (const [at, act] of story.entries()) {
          await twins.act(act);
          if (at % 10 === 0) await twins.compare();
        }
        await twins.compare();
        await twins.compareMessages();
        listener.disconnect();
      }),
      { numRuns: 25, endOnFailure: true },
    ),
  );
  // No other way takes a task from its list by this command.
  expect(byCommand['rpop']).toBeGreaterThan(25);
}, 60_000);

test('with an eighth task, claimed alone, the list of owners is made a table', async ({ queue }) => {
  const ids = numberedIds(8);
  const encoding = () => queue.redis.object('ENCODING', queue.keys.running);
  await queue.join('w1');
  await queue.put(ids);
  await queue.take('w1', 7);
  expect(await encoding()).toBe('listpack');
  await queue.take('w1', 1, { acked: 1 });

  expect(await encoding()).toBe('hashtable');
  expect((await queue.redis.hkeys(queue.keys.running)).toSorted()).toEqual(ids);
});

test('a result that may be read for a second is kept for a minute', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 1);
  const outcome = sampleResult('succeed', { ttl: 1_000 });
  await queue.step('w1', { acked: 1, want: 1, settles: settlesOf(1, { a: outcome }), finished: [1] });

  expect(await queue.redis.pttl(queue.keys.task('a'))).toBeGreaterThan(50_000);
});

test.for([
  ['with a result', 1],
  ['alone', 0],
] as const)(
  'what is held and stands in line once more is not taken by a claim %s',
  async ([, settled], { queue }) => {
    await queue.join('w1', 'w2');
    await queue.put(['a', 'b']);
    await queue.take('w1', 1);
    await queue.take('w2', 1);
    await queue.redis.rpush(queue.keys.ready, 'b');
    const settles = settlesOf(1, { a: sampleResult('succeed') }).slice(0, settled);
    const { claim } = await queue.step('w1', { acked: 1, want: 1, settles });

    expect(claim).toMatchObject({ kind: 'claimed', deliveries: [] });
    expect(await queue.redis.hget(queue.keys.running, 'b')).toBe('w2|1');
  },
);
