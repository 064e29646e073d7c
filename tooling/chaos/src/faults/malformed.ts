import { randomBytes } from 'node:crypto';
import { encodeTaskValue, type QueueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { type Random, seededRandom } from '../nemesis/random.ts';
import { until } from '../until.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const batch = 2_000;

/** Begins of values, whole or torn; a random tail makes each another one. */
const beginnings: readonly string[] = [
  'q;;;;;;\n',
  'qu;;n;;lock;;\n',
  'q;;;;;;;99999999999999999999\n',
  'q;;;;;;;-\n1;;1;0;plain;{"a":1}\n[1]',
  'q;;;;;;\n1;;x;;plain;\n[1]',
  'q;;;;;;\n1;;1;;plain;\n{"json":',
  'q;;;;;;\n1;;1;;plain;\n{"__proto__":{"x":1}}',
  'q;;;;;;\n2;;1;;plain;\n[1]',
  'q;;;;;;\n1;nobody;1;;plain;\n[1]',
  'q;;;;;;\n1;;1;;;\n[1]',
  'q;;;;;;\n1;;1;;plain;[1]\n[',
  `q;;;;;;\n1;;1;;plain;\n${'['.repeat(300)}`,
  'z;;;;;;\n',
  '+;w~1|1;;;5\n',
  '+',
  '',
  '\n\n\n',
  'q',
];

export const malformed: Fault = {
  name: 'malformed',
  promise: '1,000,000 malformed envelopes: no worker exits, and each is ended or put off',
  sizes: { small: 4_000, gate: 20_000, full: 1_000_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const random = seededRandom(size);
    const worker = await rig.worker('worker', { concurrency: 100 });
    let [fed, stuck] = [0, 0];
    const ends: Record<string, number> = {};
    for (; fed < size; fed += batch) {
      await feed(rig, { from: fed, random });
      await taken(rig).catch(() => {
        stuck += 1;
      });
      for (const code of await takeAway(rig.redis, rig.keys)) ends[code] = (ends[code] ?? 0) + 1;
    }
    const exited = worker.hasExited() ? 1 : 0;
    const broken = await rig.stopWorkers();
    return {
      figures: { fed, exited, stuck, ...ends },
      broken: [
        ...broken,
        ...unless([
          [exited === 0, `the worker exited:\n${worker.lastLines()}`],
          [stuck === 0, `after ${stuck} bunches something was left in the queue`],
        ]),
      ],
    };
  },
};

/** Nothing is waiting or held; what names a task that nobody knows is put off for later. */
async function taken({ redis, keys }: Rig): Promise<void> {
  const isTaken = async (): Promise<true | undefined> =>
    (await redis.exists(keys.ready, keys.suspects, keys.running)) === 0 ? true : undefined;
  await until(isTaken, { what: 'all were taken and settled', within: 60_000 });
}

/** Straight into the places where a producer's scripts put tasks. */
async function feed(
  { redis, keys }: Rig,
  { from, random }: { readonly from: number; readonly random: Random },
): Promise<void> {
  const ids = Array.from({ length: batch }, (_, n) => `m${from + n}`);
  const values = ids.flatMap((id) => [keys.task(id), valueOf(random)]);
  await redis.mset(...values);
  await redis.lpush(keys.ready, ...ids);
  await redis.rpush(keys.bell, '1');
  await until(async () => ((await redis.llen(keys.ready)) < batch ? true : undefined), {
    what: 'the worker has begun',
  });
}

function valueOf(random: Random): Buffer {
  const start = Buffer.from(beginnings[random.below(beginnings.length)] ?? '');
  const tail = randomBytes(random.below(60));
  const whole = Buffer.from(goodValue());
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([start, tail]);
    case 1:
      return start;
    case 2: {
      const torn = whole.subarray(0, random.below(whole.length));
      return Buffer.concat([torn, tail]);
    }
    default: {
      const flipped = Buffer.from(whole);
      for (let n = 0; n < 3; n += 1) flipped[random.below(flipped.length)] = random.below(256);
      return flipped;
    }
  }
}

function goodValue(): string | Uint8Array {
  const header = { state: 'q', nonce: '', ttl: 300_000, lockMode: '', lock: '' } as const;
  const facts = { name: 'plain', createdAt: 1, enqueuedAt: 1, codec: '', headers: {} };
  return encodeTaskValue(header, facts, '[1]');
}

/** Answers the first byte of every value that is left, and removes them with what is put off. */
async function takeAway(redis: Redis, keys: QueueKeys): Promise<readonly string[]> {
  const names = await redis.keys(`${keys.task('')}*`);
  if (names.length === 0) return [];
  const values = await redis.mgetBuffer(...names);
  await redis.unlink(...names, keys.due, keys.tries);
  return values.map((value) => value?.toString('latin1', 0, 1) ?? '?').map((code) => (/[+\-acurmqd]/.test(code) ? code : 'other'));
}
