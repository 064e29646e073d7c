import type { Scenario } from '../scenario.ts';

/** Each task is enqueued when the one before it is in Redis. */
export const sequence: Scenario = {
  name: 'enqueue, one after another',
  metrics: [
    { id: 'sequence-p50', metric: 'enqueue, one after another, p50', unit: 'ms', better: 'less', goal: null },
    { id: 'sequence-p99', metric: 'enqueue, one after another, p99', unit: 'ms', better: 'less', goal: null },
  ],
  measure: async ({ begin, producer }, { roundTrips }) => {
    await begin();
    await producer.request({ kind: 'sequence', count: roundTrips });
    const { p50 = Number.NaN, p99 = Number.NaN } = await producer.request({
      kind: 'sequence',
      count: roundTrips,
    });
    return { 'sequence-p50': p50 / 1_000, 'sequence-p99': p99 / 1_000 };
  },
};
