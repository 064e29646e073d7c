/** What the main loop knows of its lease at one moment. All times in ms. */
export interface LeaseState {
  /** Since the last renewal that Redis confirmed was sent. */
  readonly unrenewedFor: number;
  readonly lease: number;
  /** Whether the thread is there to renew. */
  readonly hasThread: boolean;
  /** What became of the last renewal that the main loop itself tried since the last confirmed one. */
  readonly own: 'none' | 'under-way' | 'unanswered' | 'refused';
  /** Since that one began. */
  readonly triedFor: number;
}

/** `doubtful`: Redis cannot be asked, others may or may not have taken over; nothing is done about it. */
export type LeaseVerdict = 'rest' | 'renew-here' | 'doubtful' | 'lapsed';

const renewedEvery = 1 / 3;
const threadTrustedFor = 1 / 2;
const certainFor = 0.8;
const triedEvery = 1 / 10;

/**
 * A worker that Redis answers, but whose lease it will not renew, stops in time: before anybody else can take
 * over what it runs. A worker that cannot reach Redis goes on, because an outage looks the same from here and
 * must not cost the work of every worker; the fence in Redis refuses what comes too late
 * (`tooling/decisions/0006-self-fence.md`).
 */
export function judgeLease({ unrenewedFor, lease, hasThread, own, triedFor }: LeaseState): LeaseVerdict {
  const isOverdue = unrenewedFor >= certainFor * lease;
  if (isOverdue && own === 'refused') return 'lapsed';
  const trusted = (hasThread ? threadTrustedFor : renewedEvery) * lease;
  const mayTry = own === 'none' || (own !== 'under-way' && triedFor >= triedEvery * lease);
  if (unrenewedFor >= trusted && mayTry) return 'renew-here';
  return isOverdue ? 'doubtful' : 'rest';
}
