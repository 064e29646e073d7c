import { type AnyCall, call } from '@q/core';
import type { Expectation } from '../ledger/entry.ts';
import { type Random, seededRandom } from '../nemesis/random.ts';
import { failing, flaky, lonely, plain, slow } from '../workload/tasks.ts';

/** One task of the storm. */
export interface Order {
  readonly call: AnyCall;
  readonly expect: Expectation;
  /** Somebody waits for its result. */
  readonly isAwaited: boolean;
  /** It is aborted so many ms after it was enqueued; `null` for most. */
  readonly abortAfter: number | null;
}

export interface MixOptions {
  readonly seed: number;
  /** Begins every id. */
  readonly name: string;
  readonly chunk: number;
  readonly size: number;
}

const awaitedShare = 0.25;

/** The tasks of one chunk: the same whoever asks, so that another process can go on where one was killed. */
export function ordersOf({ seed, name, chunk, size }: MixOptions): readonly Order[] {
  const random = seededRandom(seed * 7_919 + chunk);
  return Array.from({ length: size }, (_, index) => orderOf(random, `${name}-${chunk}-${index}`));
}

/** Seven in ten are plain, and there is something of all else. */
function orderOf(random: Random, id: string): Order {
  const isAwaited = random.next() < awaitedShare;
  const common = { isAwaited, abortAfter: null };
  const share = random.below(100);
  if (share < 70) return { ...common, call: call(plain, share).start({ id }), expect: 'done' };
  if (share < 78) return { ...common, call: call(slow, 5 + random.below(150)).start({ id }), expect: 'done' };
  if (share < 85) {
    const failures = 1 + random.below(2);
    return { ...common, call: call(flaky, failures, random.below(400)).start({ id }), expect: 'done' };
  }
  if (share < 91)
    return { ...common, call: call(plain, share).start({ id, delay: random.below(3_000) }), expect: 'done' };
  if (share < 94) return { ...common, call: call(failing).start({ id }), expect: 'failed' };
  if (share < 97) {
    const delay = random.below(2_000);
    return { ...common, call: call(lonely, 20).start({ id, delay }), expect: 'done or lost race' };
  }
  const aborted = call(slow, 400).start({ id, delay: random.below(300) });
  return { call: aborted, expect: 'done or aborted', isAwaited: true, abortAfter: random.below(700) };
}
