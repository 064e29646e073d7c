import { until } from '@q/dev-redis';
import { cronName } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** A schedule of every second, for two slots. */
export const cron: Scenario = {
  name: 'cron',
  victims: ['worker'],
  cron: true,
  play: async ({ redis, keys, producer }) => {
    const slots = new Set<string>();
    const look = async (): Promise<true | undefined> => {
      const slot = await redis.hget(keys.schedulesLast, cronName);
      if (slot !== null && (await producer.client.status(`cron:${cronName}:${slot}`)) === 'done')
        slots.add(slot);
      return slots.size >= 2 ? true : undefined;
    };
    await until(look, { what: 'two slots have been fired and run', within: 40_000 });
  },
};
