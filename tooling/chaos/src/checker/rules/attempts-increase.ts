import { wasUnaware } from '../facts.ts';
import type { Rule } from '../violation.ts';

export const attemptsIncrease: Rule = {
  name: 'no two runs of a task have the same attempt, and later ones have higher ones',
  *check({ facts }) {
    for (const { id, runs } of facts.tasks.values()) {
      const known = new Map<number, string>();
      for (const [at, second] of runs.entries()) {
        const { attempt, run } = second;
        const same = known.get(attempt);
        known.set(attempt, run);
        if (same !== undefined) yield { id, what: `attempt ${attempt} ran as ${same} and as ${run}` };
        const first = runs[at - 1];
        if (first === undefined || attempt >= first.attempt) continue;
        // A frozen process may begin what it had been given before, when others have taken it over meanwhile.
        if (wasUnaware(facts, second, first.startedAt)) continue;
        yield { id, what: `attempt ${attempt} (${run}) began after attempt ${first.attempt} (${first.run})` };
      }
    }
  },
};
