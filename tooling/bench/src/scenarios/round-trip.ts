import type { Scenario } from '../scenario.ts';

/** A task is enqueued, run, and its result awaited; then the next. */
export const roundTrip: Scenario = {
  name: 'round trip',
  metrics: [
    {
      id: 'round-trip-p50',
      metric: 'round trip enqueue → result, p50',
      unit: 'ms',
      better: 'less',
      goal: { kind: 'best-peer', factor: 1 },
    },
    {
      id: 'round-trip-p99',
      metric: 'round trip enqueue → result, p99',
      unit: 'ms',
      better: 'less',
      goal: null,
    },
  ],
  measure: async ({ begin, producer, workers: [worker] }, { roundTrips }) => {
    const place = await begin();
    await worker?.request({ kind: 'open', place, concurrency: 32 });
    await producer.request({ kind: 'round-trips', count: roundTrips });
    const { p50 = Number.NaN, p99 = Number.NaN } = await producer.request({
      kind: 'round-trips',
      count: roundTrips,
    });
    await worker?.request({ kind: 'close' });
    return { 'round-trip-p50': p50 / 1_000, 'round-trip-p99': p99 / 1_000 };
  },
};
