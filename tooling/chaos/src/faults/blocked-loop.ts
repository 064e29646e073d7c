import { type AnyCall, call } from '@q/core';
import { until } from '@q/dev-redis';
import { blocking, plain, slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lease, Rig } from './rig.ts';

export const blockedLoop: Fault = {
  name: 'blocked-loop',
  promise:
    'a handler that blocks its event loop for 3 leases keeps its task, and nothing beside it runs twice',
  sizes: { small: null, gate: 2, full: 10 },
  play: async (size) => {
    const broken: string[] = [];
    let [tasks, runs] = [0, 0];
    await Promise.all(
      Array.from({ length: size }, async () => {
        await using rig = await Rig.open();
        const played = await playOn(rig);
        tasks += played;
        const { facts, broken: violations } = await rig.finish();
        runs += facts.runs.size;
        const blocked = facts.tasks.get('block')?.runs.map(({ by }) => by) ?? [];
        broken.push(
          ...violations,
          ...unless([[blocked.join() === 'blocked', `what blocked was run by ${blocked}`]]),
        );
      }),
    );
    return {
      figures: { tasks, runs },
      broken: [...broken, ...unless([[runs === tasks, `${runs} runs of ${tasks} tasks`]])],
    };
  },
};

async function playOn(rig: Rig): Promise<number> {
  await rig.worker('blocked', { concurrency: 48 });
  const beside = Array.from({ length: 20 }, (_, n) => call(slow, 300).start({ id: `beside-${n}` }));
  const block: AnyCall = call(blocking, 3 * lease).start({ id: 'block' });
  const behind = Array.from({ length: 40 }, (_, n) => call(plain, n).start({ id: `behind-${n}` }));
  await rig.producer.enqueue(beside, 'done');
  await rig.producer.enqueue([block], 'done');
  await rig.producer.enqueue(behind, 'done');
  const isHeld = async (): Promise<true | undefined> =>
    (await rig.redis.hexists(rig.keys.running, 'block')) === 1 ? true : undefined;
  await until(isHeld, { what: 'the task that blocks is held' });
  await rig.worker('other', { concurrency: 48 });
  const all = [...beside, block, ...behind];
  await Promise.all(all.map((each) => rig.producer.result(each)));
  return all.length;
}
