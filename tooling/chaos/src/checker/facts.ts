import type { Entry, Expectation, FaultKind } from '../ledger/entry.ts';

/** One run of a handler. */
export interface Run {
  readonly id: string;
  readonly task: string;
  readonly run: string;
  readonly by: string;
  readonly attempt: number;
  readonly tries: number;
  readonly startedAt: number;
  /** `null`: its process did not live to write it down, or has not yet. */
  endedAt: number | null;
  hasEffect: boolean;
}

export interface Fault {
  readonly fault: FaultKind;
  /** Name of a process, `*` for all. */
  readonly victim: string;
  readonly what: string;
  readonly from: number;
  readonly until: number;
}

/** All that is known of one task from the ledgers. */
export interface TaskFacts {
  readonly id: string;
  expect: Expectation | null;
  task: string;
  isAcknowledged: boolean;
  /** What those who aborted it were told, and when. */
  readonly abortAnswers: Array<{ readonly answer: boolean; readonly at: number }>;
  /** In the order of their starts. */
  readonly runs: Run[];
  /** By whom and what. */
  readonly seen: Array<{ readonly by: string; readonly digest: string }>;
  readonly unseen: Array<{ readonly by: string; readonly code: string }>;
  /** Processes that began to wait, once for each wait. */
  readonly waits: string[];
}

export interface Facts {
  readonly tasks: ReadonlyMap<string, TaskFacts>;
  readonly runs: ReadonlyMap<string, Run>;
  readonly faults: readonly Fault[];
}

/** @param entries - those of one process in its order, processes in any */
export async function collectFacts(entries: Iterable<Entry> | AsyncIterable<Entry>): Promise<Facts> {
  const collected = new Collected();
  for await (const entry of entries) collected.add(entry);
  collected.order();
  return collected;
}

/** ms in which the consequences of a fault that is over may still come: a lease ends, a connection is made anew. */
const aftermath = 4_000;
/** ms after the end of a run in which Redis may not have heard of it yet. */
const settling = 2_000;

/** When Redis has heard of a run, by all that is known; never, when its process did not live to end it. */
export function settledBy(facts: Facts, { by, endedAt }: Run): number {
  if (endedAt === null) return Number.POSITIVE_INFINITY;
  let heardBy = endedAt + settling;
  // One outage may follow on another, and the process may be struck by what it would have survived without.
  for (const fault of faultsOf(facts, by))
    if (fault.from <= heardBy && fault.until >= endedAt)
      heardBy = Math.max(heardBy, fault.until + afterOf(fault));
  return heardBy;
}

/** What struck a process between two moments, or was over shortly before. */
export function faultsWithin(facts: Facts, by: string, from: number, until: number): readonly Fault[] {
  return faultsOf(facts, by).filter((fault) => isFeltWithin(fault, from, until));
}

/** The same without what comes after it. */
export function faultsDuring(facts: Facts, by: string, from: number, until: number): readonly Fault[] {
  return faultsOf(facts, by).filter((fault) => fault.from <= until && fault.until >= from);
}

/** Workers that a fault of their own struck between two moments, or shortly before. */
export function workersStruckWithin(
  { faults, runs }: Facts,
  from: number,
  until: number,
): ReadonlySet<string> {
  const workers = new Set([...runs.values()].map(({ by }) => by));
  const felt = faults.filter((fault) => isFeltWithin(fault, from, until));
  return new Set(felt.map(({ victim }) => victim).filter((victim) => workers.has(victim)));
}

/** Whether its process was kept from noticing what had happened since: others had taken over, or it was aborted. */
export function wasUnaware(facts: Facts, { by, startedAt }: Run, since: number): boolean {
  return faultsDuring(facts, by, since, startedAt).some(isOfProcess);
}

/** A Redis that is gone keeps what it has acknowledged, or the profile of its servers says that it need not. */
export function isOfProcess({ fault }: Fault): boolean {
  return fault !== 'redis';
}

function isFeltWithin(fault: Fault, from: number, until: number): boolean {
  return fault.from <= until && fault.until + afterOf(fault) >= from;
}

/** What struck a process, alone or with all others. */
export function faultsOf({ faults }: Facts, by: string): readonly Fault[] {
  return faults.filter(({ victim }) => victim === '*' || victim === by);
}

/** The dead do nothing any more. */
function afterOf({ fault }: Fault): number {
  return fault === 'kill' ? 0 : aftermath;
}

class Collected implements Facts {
  readonly tasks: Map<string, TaskFacts> = new Map();
  readonly runs: Map<string, Run> = new Map();
  readonly faults: Fault[] = [];

  add(entry: Entry): void {
    switch (entry.kind) {
      case 'intent':
        for (const id of entry.ids) Object.assign(this.#task(id), { expect: entry.expect, task: entry.task });
        return;
      case 'acknowledged':
        for (const id of entry.ids) this.#task(id).isAcknowledged = true;
        return;
      case 'refused':
      case 'abort asked':
        return;
      case 'waiting':
        this.#task(entry.id).waits.push(entry.by);
        return;
      case 'seen':
        this.#task(entry.id).seen.push({ by: entry.by, digest: entry.digest });
        return;
      case 'unseen':
        this.#task(entry.id).unseen.push({ by: entry.by, code: entry.code });
        return;
      case 'abort answered':
        this.#task(entry.id).abortAnswers.push({ answer: entry.answer, at: entry.at });
        return;
      case 'started':
        this.#addRun(entry);
        return;
      case 'effect':
        this.#change(entry.run, (run) => {
          run.hasEffect = true;
        });
        return;
      case 'ended':
        this.#change(entry.run, (run) => {
          run.endedAt = entry.at;
        });
        return;
      case 'fault':
        this.faults.push({
          fault: entry.fault,
          victim: entry.victim,
          what: entry.what,
          from: entry.since,
          until: entry.until,
        });
    }
  }

  order(): void {
    for (const { runs } of this.tasks.values()) runs.sort((one, other) => one.startedAt - other.startedAt);
    this.faults.sort((one, other) => one.from - other.from);
  }

  #addRun(entry: Extract<Entry, { kind: 'started' }>): void {
    const { id, task, run, by, attempt, tries, at: startedAt } = entry;
    const added: Run = { id, task, run, by, attempt, tries, startedAt, endedAt: null, hasEffect: false };
    this.runs.set(run, added);
    this.#task(id).runs.push(added);
  }

  #change(name: string, change: (run: Run) => void): void {
    const run = this.runs.get(name);
    if (run !== undefined) change(run);
  }

  #task(id: string): TaskFacts {
    const known = this.tasks.get(id);
    if (known !== undefined) return known;
    const added: TaskFacts = {
      id,
      expect: null,
      task: '',
      isAcknowledged: false,
      abortAnswers: [],
      runs: [],
      seen: [],
      unseen: [],
      waits: [],
    };
    this.tasks.set(id, added);
    return added;
  }
}
