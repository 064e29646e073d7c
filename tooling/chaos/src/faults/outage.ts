import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import { preciseNow } from '../ledger/precise-now.ts';
import { slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lease, Rig, startedBy } from './rig.ts';

const handlers = 48;

export const outage: Fault = {
  name: 'outage',
  promise: 'Redis killed or frozen for 3 leases while 48 handlers run: none is taken over, each settles once',
  sizes: { small: null, gate: 2, full: 10 },
  play: async (size) => {
    const broken: string[] = [];
    let [runs, attempts] = [0, 0];
    await Promise.all(
      Array.from({ length: size }, async (_, round) => {
        await using rig = await Rig.open({ persistence: 'aof' });
        await playOn(rig, round % 2 === 0 ? 'killed' : 'frozen');
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

async function playOn(rig: Rig, how: 'killed' | 'frozen'): Promise<void> {
  const busy = await rig.worker('busy', { concurrency: handlers });
  const allStarted = startedBy(busy, handlers);
  const calls = Array.from({ length: handlers }, (_, n) => call(slow, 3 * lease).start({ id: `t${n}` }));
  await rig.producer.enqueue(calls, 'done');
  await allStarted;
  // Would take over at once what it may.
  await rig.worker('other', { concurrency: handlers });
  const since = preciseNow();
  if (how === 'killed') {
    await rig.server.kill();
    await sleep(3 * lease);
    await rig.server.restart();
  } else {
    await rig.server.pause();
    await sleep(3 * lease);
    await rig.server.resume();
  }
  rig.note('redis', '*', since);
  await Promise.all(calls.map((each) => rig.producer.result(each)));
}
