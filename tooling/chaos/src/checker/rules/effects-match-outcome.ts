import type { Rule } from '../violation.ts';

export const effectsMatchOutcome: Rule = {
  name: 'done means that it was done; the stored answer is that of a run that did it',
  *check({ facts, state }) {
    for (const [id, stored] of state.tasks) {
      if (stored.kind !== 'finished') continue;
      const runs = facts.tasks.get(id)?.runs ?? [];
      if (stored.code === '+') {
        const answering = runs.find(({ run }) => stored.digest.includes(`"${run}"`));
        if (answering === undefined)
          yield { id, what: `no process wrote down the run behind ${stored.digest}` };
        else if (!answering.hasEffect) yield { id, what: `run ${answering.run} answered and had no effect` };
      }
      if (stored.code === 'u' && runs.length > 0)
        yield { id, what: 'it lost the race for its lock and ran all the same' };
    }
  },
};
