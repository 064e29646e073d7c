/** What every task of a benchmark carries. */
export interface Payload {
  /** When it was enqueued, in µs of {@link monotonicMicros}; 0 when nobody asks. */
  readonly sentAt: number;
  /** How long the handler sleeps, ms. */
  readonly sleep: number;
  /** Makes the payload as large as it should be. */
  readonly text: string;
}

/** A payload of about `bytes` bytes as JSON. */
export function createPayload(
  bytes: number,
  { sleep = 0, sentAt = 0 }: Partial<Omit<Payload, 'text'>> = {},
): Payload {
  const empty = JSON.stringify({ sentAt, sleep, text: '' }).length;
  return { sentAt, sleep, text: 'x'.repeat(Math.max(0, bytes - empty)) };
}
