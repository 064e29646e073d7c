import { type Facts, faultsWithin, isOfProcess, type Run, settledBy, wasUnaware } from '../facts.ts';
import type { Rule } from '../violation.ts';

/** A run that repeats another one of the same try. */
export interface Duplicate {
  readonly first: Run;
  readonly second: Run;
}

/**
 * Every fault costs at most the runs that its victim held: a repeated run names the fault that paid for it. It struck the
 * process that ran first, or it kept the other one, which held the task before, from noticing that it was taken over.
 */
export const duplicatesArePaidFor: Rule = {
  name: 'a run is repeated only when a fault struck its process before it was settled',
  *check({ facts }) {
    for (const { first, second } of duplicatesOf(facts)) {
      if (isPaidFor(facts, first, second)) continue;
      if (second.attempt < first.attempt && wasUnaware(facts, second, first.startedAt)) continue;
      yield {
        id: first.id,
        what: `try ${first.tries} ran as ${first.run} and again as ${second.run}; nothing had happened to ${first.by} before the first was settled, nor meanwhile to ${second.by}`,
      };
    }
  },
};

function isPaidFor(facts: Facts, first: Run, second: Run): boolean {
  const until = Math.min(second.startedAt, settledBy(facts, first));
  return faultsWithin(facts, first.by, first.startedAt, until).some(isOfProcess);
}

export function duplicatesOf({ tasks }: Facts): readonly Duplicate[] {
  const found: Duplicate[] = [];
  for (const { runs } of tasks.values()) {
    if (runs.length < 2) continue;
    const last = new Map<number, Run>();
    for (const second of runs) {
      const first = last.get(second.tries);
      if (first !== undefined) found.push({ first, second });
      last.set(second.tries, second);
    }
  }
  return found;
}
