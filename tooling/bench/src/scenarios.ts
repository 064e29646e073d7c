import type { Scenario } from './scenario.ts';
import { backlog } from './scenarios/backlog.ts';
import { cost } from './scenarios/cost.ts';
import { drains } from './scenarios/drains.ts';
import { enqueueBulk, enqueueEach } from './scenarios/enqueue.ts';
import { openLoops } from './scenarios/open-loop.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { sequence } from './scenarios/sequence.ts';
import { sleeping } from './scenarios/sleeping.ts';

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  enqueueEach,
  enqueueBulk,
  sequence,
  ...drains,
  sleeping,
  roundTrip,
  ...openLoops,
  cost,
  backlog,
];
