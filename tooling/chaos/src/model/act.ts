import fc from 'fast-check';

/** One thing that somebody does to a queue. `who` is a seat of a worker, `which` counts back from the newest task. */
export type Act =
  | {
      readonly kind: 'enqueue';
      readonly many: number;
      readonly start: 'now' | 'later' | 'past';
      readonly isUnique: boolean;
    }
  /** The same id once more: by its own producer, whose answer was lost, or by another one. */
  | { readonly kind: 'enqueue again'; readonly which: number; readonly isOwn: boolean }
  /** Settles some and claims some; the answer may be lost, and then the same is sent again. */
  | {
      readonly kind: 'step';
      readonly who: number;
      readonly settle: number;
      readonly want: number;
      readonly isLost: boolean;
    }
  /** Settles beside a claim that is under way. */
  | { readonly kind: 'settle'; readonly who: number; readonly settle: number }
  /** A former life of this worker, long taken over, settles what it held. */
  | { readonly kind: 'zombie'; readonly who: number }
  | { readonly kind: 'crash'; readonly who: number }
  | { readonly kind: 'leave'; readonly who: number }
  /** Time passes; all renew their leases but one. */
  | { readonly kind: 'later'; readonly ms: number; readonly silent: number }
  | { readonly kind: 'clock back'; readonly ms: number }
  /** Somebody sets the clock of Redis, and nobody has renewed. */
  | { readonly kind: 'clock jumps'; readonly ms: number }
  | { readonly kind: 'abort'; readonly which: number }
  | { readonly kind: 'watch'; readonly which: number }
  | { readonly kind: 'reconcile'; readonly who: number }
  | { readonly kind: 'schedule'; readonly who: number };

export const seats = 3;
/** ms; several leases, and together much less than results are kept. */
const farthest = 300_000;
const who = fc.nat(seats - 1);
const which = fc.nat(12);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      many: fc.integer({ min: 1, max: 5 }),
      start: fc.constantFrom('now' as const, 'now' as const, 'later' as const, 'past' as const),
      isUnique: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('enqueue again' as const), which, isOwn: fc.boolean() }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      who,
      settle: fc.nat(6),
      want: fc.nat(6),
      isLost: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), who, settle: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('zombie' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('later' as const),
      ms: fc.integer({ min: 1, max: 45_000 }),
      silent: fc.nat(6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock back' as const),
      ms: fc.integer({ min: 1, max: 5_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock jumps' as const),
      ms: fc.integer({ min: -farthest, max: farthest }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('watch' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconcile' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('schedule' as const), who }) },
);

/** What happens to a queue in one run of the model. */
export function storyOf(length: number): fc.Arbitrary<readonly Act[]> {
  return fc.array(act, { minLength: Math.ceil(length / 3), maxLength: length, size: 'max' });
}
