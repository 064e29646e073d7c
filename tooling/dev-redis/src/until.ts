import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** For the error: `the replica is in sync`. */
  readonly what: string;
  /** ms. @default 20_000 */
  readonly within?: number;
  /** ms between two looks. @default 25 */
  readonly every?: number;
}

/** Looks again and again until there is something to see, and answers it. Rejects when that takes too long. */
export async function until<Seen>(
  look: () => Promise<Seen | undefined> | Seen | undefined,
  { what, within = 20_000, every = 25 }: UntilOptions,
): Promise<Seen> {
  const deadline = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${what}`);
    await sleep(every);
  }
}

/** Asks again and again until it is not refused, and rejects with the last refusal when that takes too long. */
export async function insist(ask: () => Promise<unknown>, options: UntilOptions): Promise<void> {
  let refusal: unknown;
  const isDone = (): Promise<true | undefined> =>
    ask().then(
      () => true,
      (error: unknown) => {
        refusal = error;
        return undefined;
      },
    );
  await until(isDone, options).catch((late: Error) => {
    throw new Error(`${late.message}: ${String(refusal)}`, { cause: refusal });
  });
}
