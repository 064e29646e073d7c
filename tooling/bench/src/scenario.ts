import type { Figures } from './messages.ts';
import type { Metric } from './metric.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';

/** One thing to measure, in the same way for every system. */
export interface Scenario {
  readonly name: string;
  readonly metrics: readonly Metric[];
  /** One round of one system: a figure for each metric, by its id. */
  measure(stage: Stage, size: Size): Promise<Figures>;
}

/** Tasks that run before the clock does: code is compiled, scripts are loaded, connections are open. */
export const warmUp = 2_000;
