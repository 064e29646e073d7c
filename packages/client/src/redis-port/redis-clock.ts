import { monotonicNow } from '../monotonic-now.ts';

/** Redis time as far as this process knows it: every answer of a script carries it, and the offset is remembered. */
export interface RedisClock {
  /** Epoch ms, estimated. Until the first answer this is the local time, however wrong. */
  now(): number;
}

/** One answer: what Redis said the time was, and when the question left and the answer came, in ms of {@link monotonicNow}. */
export interface TimeSample {
  readonly redisNow: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface LearningClock extends RedisClock {
  learn(sample: TimeSample): void;
}

const sampleLifetime = 30_000;

export function createRedisClock(): LearningClock {
  let offset = Date.now() - monotonicNow();
  let error = Number.POSITIVE_INFINITY;
  let learnedAt = Number.NEGATIVE_INFINITY;
  return {
    now: () => Math.floor(monotonicNow() + offset),
    learn({ redisNow, sentAt, receivedAt }) {
      const halfTrip = (receivedAt - sentAt) / 2;
      // Redis rounds down to whole ms.
      const sampled = redisNow + 0.5 - (sentAt + halfTrip);
      const isBetter = halfTrip <= error || receivedAt - learnedAt > sampleLifetime;
      // Two samples that exclude each other: a clock was set, and the newer one is right.
      const contradicts = Math.abs(sampled - offset) > halfTrip + error + 2;
      if (!isBetter && !contradicts) return;
      offset = sampled;
      error = halfTrip;
      learnedAt = receivedAt;
    },
  };
}
