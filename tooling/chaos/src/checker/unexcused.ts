import type { Profile } from '../servers/profile.ts';
import { abortsAreTrue } from './rules/aborts-are-true.ts';
import { acceptedTasksEnd } from './rules/accepted-tasks-end.ts';
import { attemptsIncrease } from './rules/attempts-increase.ts';
import { duplicatesArePaidFor } from './rules/duplicates-are-paid-for.ts';
import { effectsMatchOutcome } from './rules/effects-match-outcome.ts';
import { noMoreRepeatedThanHeld } from './rules/no-more-repeated-than-held.ts';
import { resultsNeverChange } from './rules/results-never-change.ts';
import { triesAreCounted } from './rules/tries-are-counted.ts';
import { waitersAreAnswered } from './rules/waiters-are-answered.ts';
import type { Violation } from './violation.ts';

/**
 * What follows when a task came to something that Redis has forgotten: it comes anew. A worker does not wait until a
 * replica has an outcome, so no set of servers is held to these.
 */
const ofOutcomes = [
  resultsNeverChange,
  effectsMatchOutcome,
  abortsAreTrue,
  duplicatesArePaidFor,
  noMoreRepeatedThanHeld,
  attemptsIncrease,
  triesAreCounted,
].map(({ name }) => name);

/** What follows when a task itself is forgotten. None is acknowledged in P3d before a replica has it. */
const ofTasks = [acceptedTasksEnd, waitersAreAnswered].map(({ name }) => name);

const ofServers = [...ofOutcomes, ...ofTasks];

const excusedBy: Readonly<Record<Profile, readonly string[]>> = {
  P0: ofServers,
  P1: ofServers,
  P2: [],
  P3: ofServers,
  P3d: ofOutcomes,
};

/** Violations that what the servers were trusted with does not excuse. */
export function unexcused({
  profile,
  violations,
}: {
  readonly profile: Profile;
  readonly violations: readonly Violation[];
}): readonly Violation[] {
  return violations.filter(({ rule }) => !excusedBy[profile].includes(rule));
}
