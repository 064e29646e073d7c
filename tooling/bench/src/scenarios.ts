import type { Scenario } from './scenario.ts';
import { costs } from './scenarios/cost.ts';
import { drains } from './scenarios/drains.ts';
import { enqueueBulk, enqueueEach } from './scenarios/enqueue.ts';
import { enqueueSequence } from './scenarios/enqueue-sequence.ts';
import { memory } from './scenarios/memory.ts';
import { openLoops } from './scenarios/open-loop.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { scales } from './scenarios/scales.ts';
import { sleeping } from './scenarios/sleeping.ts';

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  enqueueEach,
  enqueueBulk,
  enqueueSequence,
  ...drains,
  sleeping,
  roundTrip,
  ...openLoops,
  costs,
  ...scales,
  memory,
];

/** The scenarios called `name`, or whose names go on behind it: `drain` means `drain-1`, `drain-32` and so on. */
export function scenariosNamed(name: string): readonly Scenario[] {
  return scenarios.filter((scenario) => scenario.name === name || scenario.name.startsWith(`${name}-`));
}
