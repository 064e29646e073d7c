import { expect, it } from 'vitest';
import type { FaultKind } from '../ledger/entry.ts';
import type { Facts, Fault, Run } from './facts.ts';
import { heldByVictims } from './held-by-victims.ts';

let count = 0;

function run(by: string, startedAt: number, endedAt: number | null): Run {
  count += 1;
  const name = `${by}#${count}`;
  return {
    by,
    startedAt,
    endedAt,
    id: name,
    run: name,
    task: 'plain',
    attempt: 1,
    tries: 1,
    hasEffect: true,
  };
}

function fault(kind: FaultKind, victim: string, from: number, until = from): Fault {
  return { fault: kind, victim, what: '', from, until };
}

function factsOf(runs: readonly Run[], ...faults: Fault[]): Facts {
  return { tasks: new Map(), runs: new Map(runs.map((each) => [each.run, each])), faults };
}

it('counts what a killed process had begun and not ended, or ended just before', () => {
  const runs = [
    run('w', 0, 50),
    run('w', 0, 800),
    run('w', 0, 990),
    run('w', 500, null),
    run('x', 500, null),
  ];
  expect(heldByVictims(factsOf(runs, fault('kill', 'w', 1_000)))).toBe(2);
});

it('counts what was held at one moment of a fault that lasts, and not all that ran meanwhile', () => {
  const oneByOne = [run('w', 0, 900), run('w', 1_200, 1_900), run('w', 2_200, 2_900)];
  expect(heldByVictims(factsOf(oneByOne, fault('network', 'w', 500, 3_000)))).toBe(1);
  const together = [run('w', 0, 900), run('w', 400, 1_900), run('w', 500, 2_900)];
  expect(heldByVictims(factsOf(together, fault('network', 'w', 500, 3_000)))).toBe(3);
});

it('counts what ended while Redis was away and could not say so before its process was struck', () => {
  const runs = [run('w', 0, 1_010)];
  const outage = fault('redis', '*', 1_000, 3_000);
  expect(heldByVictims(factsOf(runs, fault('kill', 'w', 2_500)))).toBe(0);
  expect(heldByVictims(factsOf(runs, outage, fault('kill', 'w', 2_500)))).toBe(1);
  expect(heldByVictims(factsOf(runs, outage))).toBe(0);
});

it('counts anew for each fault and each of its victims', () => {
  const runs = [run('w', 0, null), run('x', 0, null), run('y', 0, null)];
  expect(heldByVictims(factsOf(runs, fault('freeze', 'w', 10, 20), fault('kill', 'w', 30)))).toBe(2);
  expect(heldByVictims(factsOf(runs, fault('network', '*', 10, 20)))).toBe(3);
});
