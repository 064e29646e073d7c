import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedStroke, Stroke } from './plan.ts';
import { strike, type Targets } from './strike.ts';

export interface NemesisOptions {
  readonly strokes: readonly PlannedStroke[];
  readonly targets: Targets;
  /** Epoch ms, and ms. */
  readonly beginAt: number;
  readonly duration: number;
  readonly onStroke: (stroke: Stroke) => void;
  /** One could not be dealt; the others are. */
  readonly onMiss: (stroke: Stroke, error: unknown) => void;
}

/** Deals every stroke at its time. Strokes overlap, but those against Redis itself wait for each other. */
export async function runNemesis({
  strokes,
  targets,
  beginAt,
  duration,
  onStroke,
  onMiss,
}: NemesisOptions): Promise<void> {
  let redis: Promise<void> = Promise.resolve();
  const dealt: Promise<void>[] = [];
  for (const { at, stroke } of strokes) {
    await sleep(Math.max(0, beginAt + at * duration - Date.now()));
    onStroke(stroke);
    const isOnRedis = ['kill redis', 'fail over', 'move slot'].includes(stroke.kind);
    const work = (isOnRedis ? redis : Promise.resolve())
      .then(() => strike(stroke, targets))
      .catch((error: unknown) => onMiss(stroke, error));
    if (isOnRedis) redis = work;
    dealt.push(work);
  }
  await Promise.all(dealt);
}
