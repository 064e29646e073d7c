import type { Scenario } from '../scenario.ts';

/** Ms for a round that takes some seconds. */
const limit = 60_000;

/** A task is enqueued, run, and its result awaited; then the next. */
export const roundTrip: Scenario = {
  name: 'round-trip',
  title: 'round trip enqueue → result',
  chapter: 'Latency',
  needs: ['all', 'answers'],
  isLong: false,
  metrics: [
    { id: 'round-trip-p50', metric: 'round trip enqueue → result, p50', unit: 'ms', better: 'less' },
    { id: 'round-trip-p99', metric: 'round trip enqueue → result, p99', unit: 'ms', better: 'less' },
  ],
  measure: async (stage, { roundTrips, warmUpTrips }) => {
    const place = await stage.begin();
    const [worker] = stage.workers;
    await worker?.request({ kind: 'open', place, concurrency: 32, prefetch: null });
    await stage.producer.request({ kind: 'round-trips', count: warmUpTrips }, limit);
    const { p50 = Number.NaN, p99 = Number.NaN } = await stage.producer.request(
      { kind: 'round-trips', count: roundTrips },
      limit,
    );
    await worker?.request({ kind: 'close' }, limit);
    return { 'round-trip-p50': p50 / 1_000, 'round-trip-p99': p99 / 1_000 };
  },
};
