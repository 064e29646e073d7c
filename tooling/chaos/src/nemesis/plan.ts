import { type Random, seededRandom, shuffled } from './random.ts';

/** What the nemesis does at one moment. Seats and proxies are numbered from 0. */
export type Stroke =
  | { readonly kind: 'kill worker'; readonly seat: number }
  | { readonly kind: 'kill producer'; readonly seat: number }
  /** Frozen for so many ms. */
  | { readonly kind: 'freeze worker'; readonly seat: number; readonly lasts: number }
  /** Redis is gone for so many ms. */
  | { readonly kind: 'kill redis'; readonly lasts: number }
  | { readonly kind: 'fail over'; readonly how: 'hand over' | 'kill master' }
  /** Half of its keys are here and half are there for so many ms. */
  | { readonly kind: 'move slot'; readonly lasts: number }
  | {
      readonly kind: 'break network';
      readonly proxy: number;
      readonly how: 'cut' | 'slow' | 'replies dropped' | 'black hole' | 'half-open' | 'refused';
      readonly lasts: number;
    };

/** A stroke, and when: as a share of the time in which tasks are enqueued, from 0 to 1. */
export interface PlannedStroke {
  readonly at: number;
  readonly stroke: Stroke;
}

export interface PlanOptions {
  readonly seed: number;
  readonly workers: number;
  readonly producers: number;
  readonly proxies: number;
  /** ms */
  readonly lease: number;
  readonly kills: number;
  readonly freezes: number;
  readonly redisKills: number;
  readonly failovers: number;
  readonly slotMoves: number;
  readonly networkFaults: number;
}

/** Every fourth kill is that of a producer. */
const producerEvery = 4;
const networkFaults = ['cut', 'slow', 'replies dropped', 'black hole', 'half-open', 'refused'] as const;

/** The strokes of one storm in their order; the same for the same options. */
export function planStrokes(options: PlanOptions): readonly PlannedStroke[] {
  const random = seededRandom(options.seed);
  const strokes = shuffled(strokesOf(options, random), random);
  // One in each stretch, so that a storm is never over before it has begun, and none is in the very beginning or end.
  return strokes.map((stroke, index) => ({
    at: 0.03 + (0.94 * (index + random.next())) / strokes.length,
    stroke,
  }));
}

function strokesOf(options: PlanOptions, random: Random): readonly Stroke[] {
  const { workers, producers, proxies, lease } = options;
  // A storm in pieces has few strokes in each: not always the first of their kinds.
  const [firstFailover, firstFault] = [random.below(2), random.below(networkFaults.length)];
  return [
    ...times(options.kills, (index): Stroke => {
      if (index % producerEvery === producerEvery - 1)
        return { kind: 'kill producer', seat: random.below(producers) };
      return { kind: 'kill worker', seat: random.below(workers) };
    }),
    ...times(options.freezes, (): Stroke => {
      return { kind: 'freeze worker', seat: random.below(workers), lasts: lease * (1.5 + 2 * random.next()) };
    }),
    ...times(options.redisKills, (): Stroke => ({ kind: 'kill redis', lasts: 50 + random.below(1_500) })),
    ...times(
      options.failovers,
      (index): Stroke => ({
        kind: 'fail over',
        how: (firstFailover + index) % 2 === 0 ? 'hand over' : 'kill master',
      }),
    ),
    ...times(options.networkFaults, (index): Stroke => {
      const how = networkFaults[(firstFault + index) % networkFaults.length] ?? 'cut';
      return {
        kind: 'break network',
        proxy: random.below(proxies),
        how,
        lasts: 200 + random.below(lease * 2),
      };
    }),
    ...times(options.slotMoves, (): Stroke => ({ kind: 'move slot', lasts: 50 + random.below(950) })),
  ];
}

function times<Item>(count: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
