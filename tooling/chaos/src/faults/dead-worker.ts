import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import { preciseNow } from '../ledger/precise-now.ts';
import { stuck } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lease, Rig, startedBy } from './rig.ts';

const handlers = 48;
const bound = lease + 1_000;

export const deadWorker: Fault = {
  name: 'dead-worker',
  promise:
    'a worker killed or frozen for 3 leases with 48 tasks: each runs again within lease + 1 s, once, and only that run counts',
  sizes: { small: null, gate: 2, full: 20 },
  play: async (size) => {
    const broken: string[] = [];
    const waits: number[] = [];
    for (let round = 0; round < size; round += 1) {
      await using rig = await Rig.open();
      const struckAt = await playOn(rig, round % 2 === 0 ? 'killed' : 'frozen');
      const { facts, broken: violations } = await rig.finish();
      broken.push(...violations);
      for (const { id, runs } of facts.tasks.values()) {
        const again = runs[1];
        if (again === undefined || runs.length > 2) broken.push(`${id} ran ${runs.length} times`);
        else waits.push(Math.round(again.startedAt - struckAt));
      }
    }
    const longest = Math.max(...waits);
    return {
      figures: { rounds: size, runAgain: waits.length, longest, bound },
      broken: [...broken, ...unless([[longest <= bound, `a task was run again after ${longest} ms`]])],
    };
  },
};

async function playOn(rig: Rig, how: 'killed' | 'frozen'): Promise<number> {
  const victim = await rig.worker('victim', { concurrency: handlers });
  const allStarted = startedBy(victim, handlers);
  const calls = Array.from({ length: handlers }, (_, n) => call(stuck).start({ id: `t${n}` }));
  await rig.producer.enqueue(calls, 'done');
  await allStarted;
  await rig.worker('heir', { concurrency: handlers });
  const struckAt = preciseNow();
  victim.signal(how === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  if (how === 'killed') rig.note('kill', 'victim');
  else {
    await sleep(3 * lease);
    victim.signal('SIGCONT');
    rig.note('freeze', 'victim', struckAt);
  }
  await Promise.all(calls.map((each) => rig.producer.result(each)));
  return struckAt;
}
