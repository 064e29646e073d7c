import type { Rule } from '../violation.ts';

export const triesAreCounted: Rule = {
  name: 'the tries of a finished task are those that were run',
  *check({ facts, state }) {
    for (const [id, stored] of state.tasks) {
      if (stored.kind !== 'finished') continue;
      const runs = facts.tasks.get(id)?.runs ?? [];
      const most = Math.max(0, ...runs.map(({ tries }) => tries));
      if ((stored.code === '+' || stored.code === '-') && stored.tries !== most)
        yield { id, what: `its result counts ${stored.tries} tries, and ${most} were run` };
      for (let tries = 1; tries < most; tries += 1) {
        if (!runs.some((run) => run.tries === tries))
          yield { id, what: `try ${tries} of ${most} was charged and never run` };
      }
    }
  },
};
