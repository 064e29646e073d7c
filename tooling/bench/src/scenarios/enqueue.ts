import type { Metric } from '../metric.ts';
import { rateOf } from '../rate.ts';
import { type Scenario, warmUp } from '../scenario.ts';

function enqueueScenario(how: 'each' | 'bulk', metric: Metric): Scenario {
  return {
    name: metric.metric,
    metrics: [metric],
    measure: async ({ begin, producer }, { tasks }) => {
      await begin();
      const command = { kind: 'enqueue', how, bytes: 100, sleep: 0 } as const;
      await producer.request({ ...command, count: warmUp });
      const { micros = Number.NaN } = await producer.request({ ...command, count: tasks });
      return { [metric.id]: rateOf(tasks, micros) };
    },
  };
}

/** A promise per task, all of them in one turn of the event loop. */
export const enqueueEach: Scenario = enqueueScenario('each', {
  id: 'enqueue-each',
  metric: 'enqueue, one by one concurrently',
  unit: 'tasks/s',
  better: 'more',
  goal: { kind: 'best-peer', factor: 1.7 },
});

/** The system's own call for many. */
export const enqueueBulk: Scenario = enqueueScenario('bulk', {
  id: 'enqueue-bulk',
  metric: 'enqueue, bulk',
  unit: 'tasks/s',
  better: 'more',
  goal: { kind: 'best-peer', factor: 2 },
});
