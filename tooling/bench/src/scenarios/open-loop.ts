import { arrivalsAt } from '../arrivals.ts';
import { elapsedCpu } from '../drain.ts';
import type { Metric } from '../metric.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const closeLimit = 20_000;

function metricsOf(rate: number): readonly Metric[] {
  const loop = `open loop ${rate.toLocaleString('en')}/s`;
  return [
    { id: `open-${rate}-p50`, metric: `${loop}: enqueue → run, p50`, unit: 'ms', better: 'less' },
    { id: `open-${rate}-p99`, metric: `${loop}: enqueue → run, p99`, unit: 'ms', better: 'less' },
    {
      id: `open-${rate}-cpu`,
      metric: `${loop}: CPU of all processes`,
      unit: 'ms per 1,000 tasks',
      better: 'less',
    },
  ];
}

function openLoop(rate: number): Scenario {
  return {
    name: `open-loop-${rate}`,
    title: `open loop, ${rate.toLocaleString('en')} tasks/s`,
    chapter: 'Latency',
    needs: ['all'],
    isLong: rate !== 1_000,
    mostRounds: 3,
    metrics: metricsOf(rate),
    measure: async (stage, { openLoopSeconds: seconds, warmUpTrips }) => {
      const place = await stage.begin();
      const [worker] = stage.workers;
      if (worker === undefined) throw new Error('a stage has at least one worker');
      const arrivals = arrivalsAt(worker);
      await worker.request({ kind: 'open', place, concurrency: 32, prefetch: null });
      const act = async (duration: number): Promise<void> => {
        const { sent = Number.NaN } = await stage.producer.request({
          kind: 'open-loop',
          rate,
          seconds: duration,
        });
        await arrivals.take(sent);
      };
      await act(warmUpTrips / rate);
      await worker.request({ kind: 'latencies' });
      const cpu = await cpuDuring(stage, () => act(seconds));
      const { count = 0, p50 = Number.NaN, p99 = Number.NaN } = await worker.request({ kind: 'latencies' });
      await worker.request({ kind: 'close' }, closeLimit);
      arrivals.end();
      return {
        [`open-${rate}-p50`]: p50 / 1_000,
        [`open-${rate}-p99`]: p99 / 1_000,
        [`open-${rate}-cpu`]: cpu / count,
      };
    },
  };
}

async function cpuDuring(stage: Stage, act: () => Promise<unknown>): Promise<number> {
  const before = stage.cpu();
  await act();
  const { producer, workers, store } = elapsedCpu(before, stage.cpu());
  return producer + workers + store;
}

/** Tasks come at their own pace, whatever becomes of the earlier ones. */
export const openLoops: readonly Scenario[] = [openLoop(1_000), openLoop(4_000)];
