import type { Figures } from './messages.ts';
import type { Measured } from './rows.ts';
import type { Scenario } from './scenario.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';
import type { SystemName } from './systems.ts';

export interface MeasureOptions {
  readonly stages: readonly Stage[];
  readonly scenarios: readonly Scenario[];
  readonly size: Size;
  readonly log: (line: string) => void;
}

/** Every scenario, round by round, the systems taking turns; nothing that was measured is left out. */
export async function measureAll({
  stages,
  scenarios,
  size,
  log,
}: MeasureOptions): Promise<readonly Measured[]> {
  const startedAt = performance.now();
  const measured: Measured[] = [];
  for (const scenario of scenarios) {
    const figures = new Map<SystemName, Figures[]>();
    for (let round = 0; round < size.rounds; round += 1) {
      const elapsed = performance.now() - startedAt;
      if (round > 0 && elapsed > size.budget) {
        log(`${scenario.name}: ${round} of ${size.rounds} rounds, because ${size.budget} ms have passed`);
        break;
      }
      // Whoever comes second finds a warmer or a hotter machine.
      for (const stage of round % 2 === 0 ? stages : stages.toReversed()) {
        const found = await scenario.measure(stage, size);
        figures.set(stage.name, [...(figures.get(stage.name) ?? []), found]);
        log(`${scenario.name}, round ${round + 1}, ${stage.name}: ${describe(found)}`);
      }
    }
    for (const metric of scenario.metrics) {
      const bySystem = [...figures].map(
        ([system, rounds]) => [system, rounds.map((each) => each[metric.id] ?? Number.NaN)] as const,
      );
      measured.push({ metric, figures: new Map(bySystem) });
    }
  }
  return measured;
}

function describe(figures: Figures): string {
  return Object.entries(figures)
    .map(([id, figure]) => `${id} ${figure.toPrecision(4)}`)
    .join(', ');
}
