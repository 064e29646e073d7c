import { elapsedCpu } from '../drain.ts';
import type { Metric } from '../metric.ts';
import type { Part } from '../part.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const arrivalLimit = 20_000;

function metricsOf(rate: number, cpuFactor: number): readonly Metric[] {
  const loop = `open loop ${rate.toLocaleString('en')}/s`;
  const best = { kind: 'best-peer', factor: 1 } as const;
  return [
    { id: `open-${rate}-p50`, metric: `${loop}: enqueue → run, p50`, unit: 'ms', better: 'less', goal: best },
    { id: `open-${rate}-p99`, metric: `${loop}: enqueue → run, p99`, unit: 'ms', better: 'less', goal: best },
    {
      id: `open-${rate}-cpu`,
      metric: `${loop}: CPU of all processes`,
      unit: 'ms per 1,000 tasks',
      better: 'less',
      goal: { kind: 'best-peer', factor: cpuFactor },
    },
  ];
}

function openLoop(rate: number, cpuFactor: number): Scenario {
  return {
    name: `open loop ${rate.toLocaleString('en')}/s`,
    metrics: metricsOf(rate, cpuFactor),
    measure: async (stage, { openLoopSeconds: seconds }) => {
      const place = await stage.begin();
      const [worker] = stage.workers;
      if (worker === undefined) throw new Error('a stage has at least one worker');
      const arrivals = arrivalsAt(worker);
      await worker.request({ kind: 'open', place, concurrency: 32 });
      const act = async (duration: number): Promise<void> => {
        const { sent = Number.NaN } = await stage.producer.request({
          kind: 'open-loop',
          rate,
          seconds: duration,
        });
        await arrivals.take(sent);
      };
      await act(Math.max(1, seconds / 4));
      await worker.request({ kind: 'latencies' });
      const cpu = await cpuDuring(stage, () => act(seconds));
      const { count = 0, p50 = Number.NaN, p99 = Number.NaN } = await worker.request({ kind: 'latencies' });
      await worker.request({ kind: 'close' });
      worker.onProgress(undefined);
      return {
        [`open-${rate}-p50`]: p50 / 1_000,
        [`open-${rate}-p99`]: p99 / 1_000,
        [`open-${rate}-cpu`]: cpu / count,
      };
    },
  };
}

interface Arrivals {
  /** Resolves when so many more tasks have run. */
  take(count: number): Promise<void>;
}

function arrivalsAt(worker: Part): Arrivals {
  let handled = 0;
  let wanted = 0;
  let onArrival: () => void = () => undefined;
  worker.onProgress((progress) => {
    handled = progress.handled;
    onArrival();
  });
  return {
    take: (count) => {
      wanted += count;
      return new Promise((resolve, reject) => {
        const late = (): void =>
          reject(new Error(`${handled} of ${wanted} tasks ran within ${arrivalLimit} ms`));
        const limit = setTimeout(late, arrivalLimit).unref();
        onArrival = () => {
          if (handled < wanted) return;
          clearTimeout(limit);
          resolve();
        };
        onArrival();
      });
    },
  };
}

async function cpuDuring(stage: Stage, act: () => Promise<unknown>): Promise<number> {
  const before = stage.cpu();
  await act();
  const { producer, workers, redis } = elapsedCpu(before, stage.cpu());
  return producer + workers + redis;
}

/** Tasks come at their own pace, whatever becomes of the earlier ones. */
export const openLoops: readonly Scenario[] = [openLoop(1_000, 1), openLoop(4_000, 0.8)];
