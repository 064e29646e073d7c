import type { Metric } from '../metric.ts';
import { rateOf } from '../rate.ts';
import type { Scenario } from '../scenario.ts';

/** Ms: a slow system need not send all. */
const limit = 3_000;

function enqueueScenario(how: 'each' | 'bulk', title: string): Scenario {
  const metric: Metric = { id: `enqueue-${how}`, metric: title, unit: 'tasks/s', better: 'more' };
  return {
    name: metric.id,
    title,
    chapter: 'Enqueue',
    needs: [],
    isLong: false,
    metrics: [metric],
    measure: async (stage, { warmUp, tasks }) => {
      await stage.begin();
      const command = { kind: 'enqueue', how, limit } as const;
      await stage.producer.request({ ...command, count: warmUp });
      const { sent = Number.NaN, micros = Number.NaN } = await stage.producer.request({
        ...command,
        count: tasks,
      });
      return { [metric.id]: rateOf(sent, micros) };
    },
  };
}

/** A promise per task, all of them in one turn of the event loop. */
export const enqueueEach: Scenario = enqueueScenario('each', 'enqueue, one by one concurrently');

/** The system's own call for many. */
export const enqueueBulk: Scenario = enqueueScenario('bulk', 'enqueue, bulk');
