import type { Facts } from './facts.ts';
import type { QueueState } from './queue-state.ts';
import { abortsAreTrue } from './rules/aborts-are-true.ts';
import { acceptedTasksEnd } from './rules/accepted-tasks-end.ts';
import { attemptsIncrease } from './rules/attempts-increase.ts';
import { auditFindsNothing } from './rules/audit-finds-nothing.ts';
import { duplicatesArePaidFor } from './rules/duplicates-are-paid-for.ts';
import { effectsMatchOutcome } from './rules/effects-match-outcome.ts';
import { endsAsExpected } from './rules/ends-as-expected.ts';
import { noGhosts } from './rules/no-ghosts.ts';
import { noMoreRepeatedThanHeld } from './rules/no-more-repeated-than-held.ts';
import { nothingLeftBehind } from './rules/nothing-left-behind.ts';
import { placesAgree } from './rules/places-agree.ts';
import { resultsNeverChange } from './rules/results-never-change.ts';
import { triesAreCounted } from './rules/tries-are-counted.ts';
import { uniqueRunsNeverOverlap } from './rules/unique-runs-never-overlap.ts';
import { waitersAreAnswered } from './rules/waiters-are-answered.ts';
import { waitsEnd } from './rules/waits-end.ts';
import type { Rule, Violation } from './violation.ts';

const rules: readonly Rule[] = [
  acceptedTasksEnd,
  endsAsExpected,
  resultsNeverChange,
  waitsEnd,
  waitersAreAnswered,
  effectsMatchOutcome,
  abortsAreTrue,
  noGhosts,
  duplicatesArePaidFor,
  attemptsIncrease,
  triesAreCounted,
  uniqueRunsNeverOverlap,
  placesAgree,
  nothingLeftBehind,
  auditFindsNothing,
];

/** Of a story with many faults, whose sums tell more than each of its tasks: one outcome that is late says nothing there. */
export const stormRules: readonly Rule[] = [...rules, noMoreRepeatedThanHeld];

/** Everything that was promised and did not hold. `state` is read when every worker has stopped. */
export function check(
  facts: Facts,
  state: QueueState,
  promises: readonly Rule[] = rules,
): readonly Violation[] {
  return promises.flatMap(({ name, check: find }) =>
    [...find({ facts, state })].map((breach) => ({ rule: name, ...breach })),
  );
}
