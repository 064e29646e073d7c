import type { Rule } from '../violation.ts';

export const resultsNeverChange: Rule = {
  name: 'a result never changes: what a waiter saw is what is stored',
  *check({ facts, state }) {
    for (const { id, seen } of facts.tasks.values()) {
      const [first] = seen;
      if (first === undefined) continue;
      const other = seen.find(({ digest }) => digest !== first.digest);
      if (other !== undefined)
        yield { id, what: `${first.by} saw ${first.digest}, ${other.by} saw ${other.digest}` };
      const stored = state.tasks.get(id);
      if (stored?.kind === 'finished' && stored.digest !== first.digest)
        yield { id, what: `${first.by} saw ${first.digest}, Redis has ${stored.digest}` };
      if (stored?.kind === 'pending')
        yield { id, what: `${first.by} saw ${first.digest}, Redis has it as pending` };
    }
  },
};
