import type { Expectation } from '../../ledger/entry.ts';
import { type Facts, faultWithin, type TaskFacts } from '../facts.ts';
import type { Rule } from '../violation.ts';

const codesOf: Readonly<Record<Expectation, string>> = {
  done: '+',
  failed: '-',
  crashed: 'c',
  'done or aborted': '+a',
  'done or lost race': '+u',
};

/** Processes that must have died over a task before it is given up. */
const crashesUntilEnded = 3;

export const endsAsExpected: Rule = {
  name: 'a task ends as its handler has it',
  *check({ facts, state }) {
    for (const task of facts.tasks.values()) {
      const stored = state.tasks.get(task.id);
      if (stored?.kind !== 'finished' || task.expect === null) continue;
      if (codesOf[task.expect].includes(stored.code)) continue;
      if (stored.code === 'c' && hurtRuns(facts, task) >= crashesUntilEnded) continue;
      yield { id: task.id, what: `it should end ${task.expect} and ended with code ${stored.code}` };
    }
  },
};

function hurtRuns(facts: Facts, { runs }: TaskFacts): number {
  return runs.filter((run) =>
    faultWithin(facts, run.by, run.startedAt, run.endedAt ?? Number.POSITIVE_INFINITY),
  ).length;
}
