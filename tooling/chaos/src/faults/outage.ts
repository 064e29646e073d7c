import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import { breakDisk, until } from '@q/dev-redis';
import { preciseNow } from '../ledger/precise-now.ts';
import { slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lease, Rig } from './rig.ts';

const handlers = 48;

/** Answers how Redis comes back. */
type Outage = (rig: Rig) => Promise<() => Promise<void>>;

const killed: Outage = async ({ server }) => {
  await server.kill();
  return () => server.restart();
};
const frozen: Outage = async ({ server }) => {
  await server.pause();
  return () => server.resume();
};
const outages = [killed, frozen, ({ redis }: Rig) => breakDisk(redis)];

export const outage: Fault = {
  name: 'outage',
  promise:
    'Redis killed, frozen, or without room on its disk, for 3 leases while 48 handlers run: none is taken over, each settles once',
  sizes: { small: null, gate: 3, full: 12 },
  play: async (size) => {
    const broken: string[] = [];
    let [runs, attempts] = [0, 0];
    await Promise.all(
      Array.from({ length: size }, async (_, round) => {
        await using rig = await Rig.open({ persistence: 'aof' });
        await playOn(rig, outages[round % outages.length] ?? killed);
        const { facts, broken: violations } = await rig.finish();
        const most = Math.max(...[...facts.runs.values()].map(({ attempt }) => attempt));
        runs += facts.runs.size;
        attempts = Math.max(attempts, most);
        broken.push(
          ...violations,
          ...unless([
            [facts.runs.size === handlers, `${facts.runs.size} runs of ${handlers} tasks`],
            [most === 1, `a task was in its attempt ${most}`],
          ]),
        );
      }),
    );
    return { figures: { handlers: handlers * size, runs, attempts }, broken };
  },
};

async function playOn(rig: Rig, begin: Outage): Promise<void> {
  // Each has room for all, and would take over at once what it may.
  await Promise.all(['one', 'other'].map((name) => rig.worker(name, { concurrency: handlers })));
  const calls = Array.from({ length: handlers }, (_, n) => call(slow, 3 * lease).start({ id: `t${n}` }));
  await rig.producer.enqueue(calls, 'done');
  const allRun = async (): Promise<true | undefined> =>
    (await rig.redis.hlen(rig.keys.running)) === handlers ? true : undefined;
  await until(allRun, { what: 'all handlers run' });
  const since = preciseNow();
  const end = await begin(rig);
  await sleep(3 * lease);
  await end();
  rig.note('redis', '*', since);
  await Promise.all(calls.map((each) => rig.producer.result(each)));
}
