import type { FaultKind } from '../../ledger/entry.ts';
import { lonely } from '../../workload/tasks.ts';
import type { Facts, Run } from '../facts.ts';
import type { Rule } from '../violation.ts';

export const uniqueRunsNeverOverlap: Rule = {
  name: 'two runs that exclude each other never overlap',
  *check({ facts }) {
    const runs = [...facts.runs.values()].filter(({ task }) => task === lonely.name);
    runs.sort((one, other) => one.startedAt - other.startedAt);
    let open: { readonly run: Run; readonly until: number } | undefined;
    for (const run of runs) {
      if (open !== undefined && run.startedAt < open.until)
        yield {
          id: run.id,
          what: `${run.run} began while ${open.run.run} of task ${open.run.id} was running`,
        };
      const until = endOf(facts, run);
      if (open === undefined || until > open.until) open = { run, until };
    }
  },
};

const silencing: readonly FaultKind[] = ['kill', 'freeze', 'stall'];

/** Nothing can be asked of code whose process is dead or frozen: for others its run is over then. */
function endOf({ faults }: Facts, { by, startedAt, endedAt }: Run): number {
  const until = endedAt ?? Number.POSITIVE_INFINITY;
  const silenced = faults.find(
    ({ fault, victim, from, until: over }) =>
      victim === by && silencing.includes(fault) && over >= startedAt && from <= until,
  );
  return silenced === undefined ? until : Math.min(until, Math.max(startedAt, silenced.from));
}
