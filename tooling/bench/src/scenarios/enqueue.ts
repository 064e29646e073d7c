import type { Metric } from '../metric.ts';
import { rateOf } from '../rate.ts';
import { type Scenario, warmUp } from '../scenario.ts';

function enqueueScenario(how: 'each' | 'bulk', title: string): Scenario {
  const metric: Metric = { id: `enqueue-${how}`, metric: title, unit: 'tasks/s', better: 'more' };
  return {
    name: metric.id,
    title,
    chapter: 'Enqueue',
    needs: [],
    isLong: false,
    metrics: [metric],
    measure: async (stage, { tasks }) => {
      await stage.begin();
      const command = { kind: 'enqueue', how, bytes: 100, sleep: 0 } as const;
      await stage.producer.request({ ...command, count: warmUp });
      const { micros = Number.NaN } = await stage.producer.request({ ...command, count: tasks });
      return { [metric.id]: rateOf(tasks, micros) };
    },
  };
}

/** A promise per task, all of them in one turn of the event loop. */
export const enqueueEach: Scenario = enqueueScenario('each', 'enqueue, one by one concurrently');

/** The system's own call for many. */
export const enqueueBulk: Scenario = enqueueScenario('bulk', 'enqueue, bulk');
