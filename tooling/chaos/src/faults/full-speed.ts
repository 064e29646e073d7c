import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import { redisNow } from '../redis-now.ts';
import { plain } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lossyLine } from './lossy-line.ts';
import { lease, Rig, startedBy } from './rig.ts';

/** The least from one blow to the next, ms. */
const calm = 150;
const batch = 1_000;
const seats = 2;
/** Share of the tasks after which a worker is killed. */
const killedAfter = 0.3;

export const fullSpeed: Fault = {
  name: 'full-speed',
  promise:
    'a heap of short tasks drained as fast as it goes, while connections break, one reply in twenty is lost and a worker is killed: each ends, and only what the killed one held runs again',
  sizes: { small: 2_000, gate: 10_000, full: 100_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const lost = { count: 0 };
    await using line = await lossyLine(rig.server, 3, lost);
    for (let at = 0; at < size; at += batch) {
      const many = Array.from({ length: Math.min(batch, size - at) }, (_, n) =>
        call(plain, at + n).start({ id: `t${at + n}` }),
      );
      await rig.producer.enqueue(many, 'done');
    }
    await using blows = breakConnections(rig);
    const options = { url: line.url, concurrency: 100 };
    const [victim] = await Promise.all(
      Array.from({ length: seats }, (_, seat) => rig.worker(`worker-${seat}`, options)),
    );
    if (victim !== undefined) {
      await Promise.race([startedBy(victim, (size * killedAfter) / seats), rig.drained()]);
      victim.signal('SIGKILL');
      rig.note('kill', victim.name);
    }
    const heir = rig.worker('heir', options);
    await rig.drained();
    await heir;
    const broken = await blows.end();
    const { facts, state, broken: violations } = await rig.finish();
    const repeated = facts.runs.size - size;
    return {
      figures: {
        tasks: size,
        runs: facts.runs.size,
        repeated,
        connectionsBroken: broken,
        repliesLost: lost.count,
      },
      broken: [
        ...violations,
        ...unless([
          [state.tasks.size === size, `${state.tasks.size} tasks were made of ${size}`],
          [
            lost.count > 0 && broken > 0,
            `${lost.count} replies were lost, and connections broken ${broken} times`,
          ],
        ]),
      ],
    };
  },
};

/**
 * Ends all connections of clients and workers again and again, but not while somebody has yet to renew its lease: on a busy
 * machine no connection might last long enough for that. Answers how often, when it is told to stop.
 */
function breakConnections(rig: Rig): AsyncDisposable & { readonly end: () => Promise<number> } {
  let [isOver, count] = [false, 0];
  const strike = async (): Promise<void> => {
    if ((await shortestLease(rig)) < lease / 2) return;
    await rig.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    count += 1;
  };
  const striking = (async (): Promise<void> => {
    while (!isOver) {
      await sleep(calm);
      await strike();
    }
  })();
  // Looked at in the end.
  striking.catch(() => undefined);
  const end = async (): Promise<number> => {
    isOver = true;
    await striking;
    return count;
  };
  return { end, [Symbol.asyncDispose]: async () => void (await end()) };
}

/** Ms that are left of the lease that ends first, of those that have not ended. */
async function shortestLease({ redis, keys }: Rig): Promise<number> {
  const now = await redisNow(redis);
  const first = await redis.zrangebyscore(keys.workers, now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1);
  const [, end = Number.POSITIVE_INFINITY] = first;
  return Number(end) - now;
}
