import type { Figures } from './messages.ts';
import { describeMishaps, HungError, type Mishap } from './mishap.ts';
import type { Measured } from './rows.ts';
import type { Scenario } from './scenario.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';
import { factsOf, type SystemName } from './systems.ts';

export interface MeasureOptions {
  readonly stages: readonly Stage[];
  readonly scenarios: readonly Scenario[];
  readonly size: Size;
  readonly log: (line: string) => void;
}

interface Found {
  readonly scenario: Scenario;
  readonly figures: Map<SystemName, Figures[]>;
  readonly mishaps: Mishap[];
}

/** A system that hangs again and again is not waited for a third time. */
const mostMishaps = 2;

/**
 * Round by round all scenarios, in each the systems taking turns, so that a machine that changes its pace changes it
 * for everybody. Nothing that was measured is left out, and what went wrong is told.
 */
export async function measureAll(options: MeasureOptions): Promise<readonly Measured[]> {
  const { scenarios, size, log } = options;
  const startedAt = performance.now();
  const found = scenarios.map((scenario): Found => ({ scenario, figures: new Map(), mishaps: [] }));
  for (let round = 0; round < size.rounds; round += 1) {
    for (const each of found) {
      if (round >= (each.scenario.mostRounds ?? size.rounds)) continue;
      if (round >= size.leastRounds && performance.now() - startedAt > size.budget) {
        log(`${each.scenario.name}: no round ${round + 1}, because ${size.budget} ms have passed`);
        continue;
      }
      await measureRound(each, round, options);
    }
  }
  return found.flatMap((each) => measuredOf(each, options.stages));
}

async function measureRound(
  found: Found,
  round: number,
  { stages, size, log }: MeasureOptions,
): Promise<void> {
  const { scenario, figures, mishaps } = found;
  const able = stages.filter(({ name }) => lacks(scenario, name) === undefined);
  // Whoever comes second finds a warmer or a hotter machine.
  for (const stage of round % 2 === 0 ? able : able.toReversed()) {
    const { name } = stage;
    if (mishaps.filter(({ system }) => system === name).length >= mostMishaps) continue;
    const title = `${scenario.name}, round ${round + 1}, ${name}`;
    try {
      const taken = await scenario.measure(stage, size);
      await stage.end();
      figures.set(name, [...(figures.get(name) ?? []), taken]);
      log(`${title}: ${describe(taken)}`);
    } catch (error) {
      const mishap = mishapOf(error, { system: name, scenario: scenario.name, round });
      mishaps.push(mishap);
      log(`${title}: ${mishap.kind}: ${mishap.reason}`);
      await stage.restart();
    }
  }
}

/** What a system would need for a scenario and does not have. */
function lacks({ needs }: Scenario, name: SystemName): string | undefined {
  return needs.find((ability) => !factsOf(name).abilities.includes(ability));
}

function mishapOf(error: unknown, where: Omit<Mishap, 'kind' | 'reason'>): Mishap {
  const reason = error instanceof Error ? error.message : String(error);
  return { ...where, kind: error instanceof HungError ? 'hung' : 'failed', reason };
}

function measuredOf({ scenario, figures, mishaps }: Found, stages: readonly Stage[]): readonly Measured[] {
  const notes = new Map<SystemName, string>();
  for (const { name } of stages) {
    const own = mishaps.filter(({ system }) => system === name);
    const rounds = own.length + (figures.get(name)?.length ?? 0);
    if (own.length > 0) notes.set(name, describeMishaps(own, rounds));
  }
  return scenario.metrics.map((metric) => {
    const bySystem = [...figures].map(
      ([system, rounds]) => [system, rounds.map((each) => each[metric.id] ?? Number.NaN)] as const,
    );
    return { metric, chapter: scenario.chapter, figures: new Map(bySystem), notes };
  });
}

function describe(figures: Figures): string {
  return Object.entries(figures)
    .map(([id, figure]) => `${id} ${figure.toPrecision(4)}`)
    .join(', ');
}
