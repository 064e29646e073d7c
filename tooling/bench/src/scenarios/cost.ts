import { drain, elapsedCpu, requireDrained } from '../drain.ts';
import type { Figures } from '../messages.ts';
import type { Metric } from '../metric.ts';
import { bytesUsed, commandsPerformed } from '../redis-probe.ts';
import { type Scenario, warmUp } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const concurrency = 32;

function atMost(id: string, metric: string, unit: string, value: number): Metric {
  return { id, metric, unit, better: 'less', goal: { kind: 'absolute', value } };
}

const metrics: readonly Metric[] = [
  atMost('cost-producer', 'producer CPU, one by one', 'µs per task', 12),
  atMost('cost-worker', `worker CPU, drain at ${concurrency}`, 'µs per task', 16),
  atMost('cost-redis', `Redis CPU, enqueue + drain at ${concurrency}`, 'µs per task', 10),
  atMost('commands-enqueue', 'commands to enqueue, those inside scripts too', 'per task', 2),
  atMost(
    'commands-process',
    `commands to process, drain at ${concurrency}, those inside scripts too`,
    'per task',
    4,
  ),
  atMost('bytes-waiting', 'Redis memory of a waiting task, payload 100 B', 'bytes', 320),
  atMost('bytes-waiting-large', 'Redis memory of a waiting task, payload 1 KB', 'bytes', 1_450),
  atMost('bytes-finished', 'Redis memory of a finished task with its result', 'bytes', 220),
];

/** What a task takes of each part. */
export const cost: Scenario = {
  name: 'cost per task',
  metrics,
  measure: async (stage, { costTasks: tasks }) => {
    const place = await stage.begin();
    const enqueue = { kind: 'enqueue', how: 'each', bytes: 100, sleep: 0 } as const;
    const empty = await bytesUsed(stage.redis);
    await stage.producer.request({ ...enqueue, count: warmUp });
    const before = stage.cpu();
    const commands = await commandsPerformed(stage.redis);
    await stage.producer.request({ ...enqueue, count: tasks });
    const enqueueing = elapsedCpu(before, stage.cpu());
    const sent = await commandsPerformed(stage.redis);
    const waiting = await bytesUsed(stage.redis);
    const drained = await drain(stage, { place, workers: 1, concurrency, tasks });
    await requireDrained(stage, place);
    const processed = await commandsPerformed(stage.redis);
    const finished = await bytesUsed(stage.redis);
    return {
      'cost-producer': enqueueing.producer / tasks,
      'cost-worker': drained.cpu.workers / drained.tasks,
      'cost-redis': enqueueing.redis / tasks + drained.cpu.redis / drained.tasks,
      'commands-enqueue': (sent - commands) / tasks,
      'commands-process': (processed - sent) / (warmUp + tasks),
      'bytes-waiting': (waiting - empty) / (warmUp + tasks),
      'bytes-finished': (finished - empty) / (warmUp + tasks),
      ...(await measureLarge(stage)),
    };
  },
};

async function measureLarge(stage: Stage): Promise<Figures> {
  await stage.begin();
  const tasks = 10_000;
  const empty = await bytesUsed(stage.redis);
  await stage.producer.request({ kind: 'enqueue', how: 'bulk', count: tasks, bytes: 1_024, sleep: 0 });
  return { 'bytes-waiting-large': ((await bytesUsed(stage.redis)) - empty) / tasks };
}
