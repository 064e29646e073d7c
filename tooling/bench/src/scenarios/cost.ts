import { drain, elapsedCpu, requireDrained } from '../drain.ts';
import type { Figures } from '../messages.ts';
import type { Metric } from '../metric.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { factsOf } from '../systems.ts';

const concurrency = 32;
const largeTasks = 10_000;
/** Ms: every system is measured to its end, so that all tasks are finished ones. */
const limit = 40_000;

function cost(id: string, metric: string, unit: string): Metric {
  return { id, metric, unit, better: 'less' };
}

const metrics: readonly Metric[] = [
  cost('cost-producer', 'producer CPU, one by one', 'µs per task'),
  cost('cost-worker', `worker CPU, drain at ${concurrency}`, 'µs per task'),
  cost('cost-redis', `Redis CPU, enqueue + drain at ${concurrency}`, 'µs per task'),
  cost('commands-enqueue', 'Redis commands to enqueue, those inside scripts too', 'per task'),
  cost(
    'commands-process',
    `Redis commands to process, drain at ${concurrency}, those inside scripts too`,
    'per task',
  ),
  cost('bytes-waiting', 'memory of a waiting task, payload 100 B', 'bytes'),
  cost('bytes-waiting-large', 'memory of a waiting task, payload 1 KB', 'bytes'),
  cost('bytes-finished', 'memory of a finished task with its result', 'bytes'),
];

/** What a task takes of each part. */
export const costs: Scenario = {
  name: 'cost',
  title: 'cost per task',
  chapter: 'Cost',
  needs: ['all'],
  isLong: false,
  mostRounds: 3,
  metrics,
  measure: async (stage, { warmUp: untimed, costTasks: tasks }) => {
    const place = await stage.begin();
    const enqueue = { kind: 'enqueue', how: 'each' } as const;
    const empty = await stage.store.bytes();
    await stage.producer.request({ ...enqueue, count: untimed });
    const before = stage.cpu();
    const commands = await stage.store.commands();
    await stage.producer.request({ ...enqueue, count: tasks });
    const enqueueing = elapsedCpu(before, stage.cpu());
    const sent = await stage.store.commands();
    const waiting = await stage.store.bytes();
    const drained = await drain(stage, { place, workers: 1, concurrency, before: untimed, tasks, limit });
    const processed = await stage.store.commands();
    const finished = await stage.store.bytes();
    await requireDrained(stage, drained);
    const keepsResults = drained.isComplete && factsOf(stage.name).abilities.includes('results');
    return {
      'cost-producer': enqueueing.producer / tasks,
      'cost-worker': drained.cpu.workers / drained.tasks,
      'cost-redis': enqueueing.store / tasks + drained.cpu.store / drained.tasks,
      'commands-enqueue': (sent - commands) / tasks,
      'commands-process': (processed - sent) / (drained.isComplete ? untimed + tasks : Number.NaN),
      'bytes-waiting': (waiting - empty) / (untimed + tasks),
      'bytes-finished': keepsResults ? (finished - empty) / (untimed + tasks) : Number.NaN,
      ...(await measureLarge(stage)),
    };
  },
};

async function measureLarge(stage: Stage): Promise<Figures> {
  await stage.begin();
  const empty = await stage.store.bytes();
  await stage.producer.request({
    kind: 'enqueue',
    how: 'bulk',
    count: largeTasks,
    bytes: 1_024,
  });
  return { 'bytes-waiting-large': ((await stage.store.bytes()) - empty) / largeTasks };
}
