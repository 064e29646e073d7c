import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@q/client';
import { call } from '@q/core';
import { startSentinelSet } from '@q/dev-redis';
import { plain } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';

const bound = 5_000;
const rest = 50;

export const frozenMaster: Fault = {
  name: 'frozen-master',
  promise: 'the master of a Sentinel set is frozen: writes are taken again within 5 s',
  sizes: { small: null, gate: 1, full: 10 },
  play: async (size) => {
    await using set = await startSentinelSet();
    const { sentinels, name } = set.connection;
    await using client = createClient({ redis: { sentinels: [...sentinels], name }, queue: 'frozen' });
    const gaps: number[] = [];
    for (let round = 0; round < size; round += 1) {
      await client.send(call(plain, round));
      const master = await set.master();
      const frozenAt = performance.now();
      await master.pause();
      try {
        while (
          !(await client.send(call(plain, round)).then(
            () => true,
            () => false,
          ))
        )
          await sleep(rest);
        gaps.push(Math.round(performance.now() - frozenAt));
      } finally {
        await master.resume();
      }
      await set.whole();
    }
    const longest = Math.max(...gaps);
    return {
      figures: { rounds: size, longest, bound },
      broken: unless([[longest <= bound, `no write was taken for ${longest} ms`]]),
    };
  },
};
