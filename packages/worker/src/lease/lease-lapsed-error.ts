import { QueueError } from '@q/core';

/** Reason of `LeaseKeeper.lapsed`: what this worker holds may be taken over by others from now on. */
export class LeaseLapsedError extends QueueError {
  override readonly name = 'LeaseLapsedError';
  readonly code = 'Q_LEASE_LAPSED';
  /** Ms. */
  readonly lease: number;

  constructor(reason: string, lease: number, options?: ErrorOptions) {
    super(`the lease of ${lease} ms was lost: ${reason}`, options);
    this.lease = lease;
  }
}
