import { describe, expect, it } from 'vitest';
import { judgeLease, type LeaseState, type LeaseVerdict } from './judge-lease.ts';

const fresh: LeaseState = { unrenewedFor: 0, lease: 30_000, hasThread: true, own: 'none', triedFor: 30_000 };

describe('judgeLease', () => {
  it.each<[rule: string, change: Partial<LeaseState>, verdict: LeaseVerdict]>([
    ['rests after a renewal', { unrenewedFor: 100 }, 'rest'],
    ['trusts the thread for half a lease', { unrenewedFor: 14_999 }, 'rest'],
    ['renews itself when the thread did not for half a lease', { unrenewedFor: 15_000 }, 'renew-here'],
    [
      'renews three times per lease without a thread',
      { unrenewedFor: 10_000, hasThread: false },
      'renew-here',
    ],
    ['rests in between', { unrenewedFor: 9_999, hasThread: false }, 'rest'],
    ['asks one question at a time', { unrenewedFor: 16_000, own: 'under-way', triedFor: 1_000 }, 'rest'],
    [
      'lets a tenth of a lease pass after a question without an answer',
      { unrenewedFor: 16_000, own: 'unanswered', triedFor: 2_999 },
      'rest',
    ],
    ['then asks again', { unrenewedFor: 16_000, own: 'unanswered', triedFor: 3_000 }, 'renew-here'],
    ['asks again after a refusal', { unrenewedFor: 16_000, own: 'refused', triedFor: 3_000 }, 'renew-here'],
    [
      'is patient with a refusal until 0.8 of the lease',
      { unrenewedFor: 23_999, own: 'refused', triedFor: 1_000 },
      'rest',
    ],
    [
      'gives the lease up at 0.8 of its length when Redis refuses to renew it',
      { unrenewedFor: 24_000, own: 'refused', triedFor: 1_000 },
      'lapsed',
    ],
    [
      'doubts it, and no more, when Redis does not answer',
      { unrenewedFor: 24_000, own: 'under-way', triedFor: 1_000 },
      'doubtful',
    ],
    ['goes on asking in doubt', { unrenewedFor: 24_000, own: 'unanswered', triedFor: 3_000 }, 'renew-here'],
    [
      'never gives it up for silence alone',
      { unrenewedFor: 3_600_000, own: 'unanswered', triedFor: 10 },
      'doubtful',
    ],
    ['asks first after the whole process stood still', { unrenewedFor: 90_000 }, 'renew-here'],
  ])('%s', (_rule, change, verdict) => {
    expect(judgeLease({ ...fresh, ...change })).toBe(verdict);
  });
});
