import { createClient } from '@q/client';
import { call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { lossyLine } from './lossy-line.ts';
import { Rig } from './rig.ts';

const batch = 10;

export const lostReplies: Fault = {
  name: 'lost-replies',
  promise: 'one reply in twenty is lost, of any command: no second task, no second run, no wrong counter',
  sizes: { small: null, gate: 1_000, full: 20_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const lost = { count: 0 };
    await using ofWorker = await lossyLine(rig.server, 1, lost);
    await using ofClient = await lossyLine(rig.server, 2, lost);
    await using client = createClient({ redis: ofClient.url, queue: rig.keys.queue });
    await rig.worker('worker', { url: ofWorker.url });
    const producer = rig.producerOn(client);
    const calls = Array.from({ length: size }, (_, n) => call(plain, n).start({ id: `t${n}` }));
    for (let at = 0; at < size; at += batch) {
      const some = calls.slice(at, at + batch);
      await producer.enqueue(some, 'done');
      await Promise.all(some.map((each) => producer.result(each)));
    }
    const { facts, state, broken } = await rig.finish();
    const runs = [...facts.runs.values()];
    const wrong = runs.filter(({ attempt, tries }) => attempt !== 1 || tries !== 1).length;
    return {
      figures: { tasks: size, repliesLost: lost.count, runs: runs.length, wrongCounters: wrong },
      broken: [
        ...broken,
        ...unless([
          [state.tasks.size === size, `${state.tasks.size} tasks were made of ${size}`],
          [runs.length === size, `${runs.length} runs of ${size} tasks`],
          [wrong === 0, `${wrong} runs were counted wrongly`],
          [lost.count > 0, 'no reply was lost'],
        ]),
      ],
    };
  },
};
