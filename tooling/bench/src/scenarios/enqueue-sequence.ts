import type { Scenario } from '../scenario.ts';

const title = 'enqueue, one after another';

/** Each task is enqueued when the one before it is stored. */
export const enqueueSequence: Scenario = {
  name: 'enqueue-sequence',
  title,
  chapter: 'Enqueue',
  needs: ['all'],
  isLong: true,
  mostRounds: 3,
  metrics: [
    { id: 'sequence-p50', metric: `${title}, p50`, unit: 'ms', better: 'less' },
    { id: 'sequence-p99', metric: `${title}, p99`, unit: 'ms', better: 'less' },
  ],
  measure: async (stage, { roundTrips, warmUpTrips }) => {
    await stage.begin();
    await stage.producer.request({ kind: 'sequence', count: warmUpTrips });
    const { p50 = Number.NaN, p99 = Number.NaN } = await stage.producer.request({
      kind: 'sequence',
      count: roundTrips,
    });
    return { 'sequence-p50': p50 / 1_000, 'sequence-p99': p99 / 1_000 };
  },
};
