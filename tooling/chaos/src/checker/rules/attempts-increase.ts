import { faultWithin } from '../facts.ts';
import type { Rule } from '../violation.ts';

export const attemptsIncrease: Rule = {
  name: 'no two runs of a task have the same attempt, and later ones have higher ones',
  *check({ facts }) {
    for (const { id, runs } of facts.tasks.values()) {
      for (const [at, second] of runs.entries()) {
        const first = runs[at - 1];
        if (first === undefined || second.attempt > first.attempt) continue;
        // A frozen process may begin what it had been given before, when others have long taken it over.
        const isZombie =
          second.attempt < first.attempt && faultWithin(facts, second.by, 0, second.startedAt) !== undefined;
        if (isZombie) continue;
        yield {
          id,
          what: `attempt ${second.attempt} (${second.run}) began after attempt ${first.attempt} (${first.run})`,
        };
      }
    }
  },
};
