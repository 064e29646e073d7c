import type { Expectation } from '../../ledger/entry.ts';
import { type Facts, faultsWithin, type Run, type TaskFacts, workersStruckWithin } from '../facts.ts';
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
      if (stored.code === 'c' && isWornOut(facts, task, stored.endedAt)) continue;
      yield { id: task.id, what: `it should end ${task.expect} and ended with code ${stored.code}` };
    }
  },
};

/**
 * Whether every process that had the task was struck, and enough of them were. That may be after its run has ended and
 * before Redis knows; and a process that was struck before it began what it had claimed has left no run, but one of them has.
 */
function isWornOut(facts: Facts, { runs }: TaskFacts, endedAt: number): boolean {
  const isStruck = (run: Run, at: number): boolean =>
    faultsWithin(facts, run.by, run.startedAt, runs[at + 1]?.startedAt ?? endedAt).length > 0;
  const struck = runs.filter(isStruck);
  const lastTry = runs.at(-1)?.tries;
  if (struck.length === 0 || runs.some((run) => run.tries === lastTry && !struck.includes(run))) return false;
  const [first] = runs;
  const since = first?.attempt === 1 ? first.startedAt : Number.NEGATIVE_INFINITY;
  const others = [...workersStruckWithin(facts, since, endedAt)].filter(
    (worker) => !runs.some(({ by }) => by === worker),
  );
  const unseen = Math.max(0, crashesUntilEnded - runs.length);
  return struck.length + Math.min(unseen, others.length) >= crashesUntilEnded;
}
