import { type Facts, faultsWithin, type Run, settledBy, wasUnaware } from '../facts.ts';
import type { Rule } from '../violation.ts';

export const abortsAreTrue: Rule = {
  name: 'what was aborted is aborted, and what was aborted before it ran has not run',
  *check({ facts, state }) {
    for (const { id, abortAnswers, runs } of facts.tasks.values()) {
      const told = abortAnswers.find(({ answer }) => answer);
      const late = told && runs.find((run) => run.startedAt > told.at && !wasUnaware(facts, run, told.at));
      if (late) yield { id, what: `its abort had been answered with true when ${late.run} began` };
      const stored = state.tasks.get(id);
      if (stored?.kind !== 'finished') continue;
      if (told && stored.code !== 'a')
        yield { id, what: `its abort was answered with true, and it ended with code ${stored.code}` };
      const ran = stored.code === 'a' && runs.find((run) => run.hasEffect && !wasHurt(facts, run));
      if (ran) yield { id, what: `it ended as aborted, and ${ran.run} did what it was there for` };
    }
  },
};

/** Then Redis may never have heard of its result. */
function wasHurt(facts: Facts, run: Run): boolean {
  return faultsWithin(facts, run.by, run.startedAt, settledBy(facts, run)).length > 0;
}
