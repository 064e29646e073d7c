import { type Facts, type Fault, faultsDuring, faultsOf, isOfProcess, type Run } from './facts.ts';

/** ms from the end of a run until Redis has heard of it, when nothing keeps the two apart; and from a fault to its first consequence. */
const moment = 100;

/**
 * How many runs the victims of faults held: for each process that a fault struck the most that it had begun and not yet
 * settled, at one moment of that fault. No storm costs more repeated runs.
 */
export function heldByVictims(facts: Facts): number {
  const runsOf = new Map<string, Run[]>();
  for (const run of facts.runs.values()) {
    const known = runsOf.get(run.by);
    if (known === undefined) runsOf.set(run.by, [run]);
    else known.push(run);
  }
  let held = 0;
  for (const [by, runs] of runsOf) {
    const spans = runs.map((run): Span => ({ from: run.startedAt, until: heldUntil(facts, run) }));
    for (const fault of faultsOf(facts, by).filter(isOfProcess)) held += mostAtOnce(spans, fault);
  }
  return held;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Redis does not hear of it while it is away; never, when its process did not live to end it. */
function heldUntil(facts: Facts, { by, endedAt }: Run): number {
  if (endedAt === null) return Number.POSITIVE_INFINITY;
  let until = endedAt + moment;
  for (const fault of faultsDuring(facts, by, endedAt, until))
    if (!isOfProcess(fault)) until = Math.max(until, fault.until + moment);
  return until;
}

/** The most spans that have a moment of the fault in common. */
function mostAtOnce(spans: readonly Span[], fault: Fault): number {
  const until = fault.until + moment;
  const changes = spans
    .filter((span) => span.from <= until && span.until >= fault.from)
    .flatMap((span) => [
      { at: Math.max(span.from, fault.from), by: 1 },
      { at: span.until, by: -1 },
    ])
    // Of two that touch, the second begins before the first is over.
    .sort((one, other) => one.at - other.at || other.by - one.by);
  let open = 0;
  let most = 0;
  for (const { by } of changes) {
    open += by;
    most = Math.max(most, open);
  }
  return most;
}
