import { Bench } from 'tinybench';
import { type Operation, operations } from './operations.ts';

/** What one operation takes. */
export interface MicroRow {
  readonly metric: string;
  readonly unit: 'µs';
  /** The median of all samples. */
  readonly median: number;
  readonly p99: number;
  readonly samples: number;
}

const times = 1_000;
const millisecondsEach = 400;
const warmUpMilliseconds = 100;

/** Measures the hot pure parts by themselves, in this process. */
export async function measureMicro(): Promise<readonly MicroRow[]> {
  const rows: MicroRow[] = [];
  for (const operation of operations) rows.push(await measure(operation));
  return rows;
}

export function microTable(rows: readonly MicroRow[]): string {
  const lines = rows.map(({ metric, median, p99 }) => `| ${metric} | ${micros(median)} | ${micros(p99)} |`);
  return ['| µs each | median | p99 |', '|---|---:|---:|', ...lines].join('\n');
}

async function measure({ name, run }: Operation): Promise<MicroRow> {
  // One at a time: the types that a function has seen are part of its speed.
  const bench = new Bench({ time: millisecondsEach, warmupTime: warmUpMilliseconds, throws: true });
  bench.add(name, () => run(times));
  const [task] = await bench.run();
  const result = task?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`${name} was not measured`);
  const { p50, p99, samplesCount } = result.latency;
  const each = (milliseconds: number): number => (milliseconds * 1_000) / times;
  return { metric: name, unit: 'µs', median: each(p50), p99: each(p99), samples: samplesCount };
}

function micros(figure: number): string {
  return figure.toFixed(figure < 1 ? 3 : 2);
}
