import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyCall, call } from '@q/core';
import { startFaultProxy } from '../proxy/fault-proxy.ts';
import { slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

/** ms; shorter than what is left of a lease that was just renewed, so that nobody loses one. */
const paused = 600;
const slowness = 100;
const batch = 20;

export const brokenConnections: Fault = {
  name: 'broken-connections',
  promise:
    'CLIENT KILL, CLIENT PAUSE and latency under load: every task runs once, and every wait is answered',
  sizes: { small: null, gate: 9, full: 150 },
  play: async (size) => {
    await using rig = await Rig.open();
    await using proxy = await startFaultProxy({ target: rig.server });
    await Promise.all(['a', 'b'].map((name) => rig.worker(name, { url: proxy.url })));
    const blows = [
      () => rig.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
      () => rig.redis.call('CLIENT', 'PAUSE', paused, 'ALL'),
      async () => {
        proxy.setFault({ kind: 'slow', delay: slowness });
        await sleep(paused);
        proxy.setFault({ kind: 'none' });
      },
    ];
    const results: Promise<void>[] = [];
    let tasks = 0;
    for (let turn = 0; turn < size; turn += 1) {
      await rig.renewed();
      const calls: AnyCall[] = Array.from({ length: batch }, (_, n) =>
        call(slow, 10 * n).start({ id: `t${tasks + n}` }),
      );
      tasks += batch;
      await rig.producer.enqueue(calls, 'done');
      results.push(...calls.map((each) => rig.producer.result(each)));
      await blows[turn % blows.length]?.();
    }
    await Promise.all(results);
    const { facts, broken } = await rig.finish();
    return {
      figures: { blows: size, tasks, runs: facts.runs.size },
      broken: [
        ...broken,
        ...unless([[facts.runs.size === tasks, `${facts.runs.size} runs of ${tasks} tasks`]]),
      ],
    };
  },
};
