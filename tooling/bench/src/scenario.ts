import type { Figures } from './messages.ts';
import type { Metric } from './metric.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';
import type { Ability } from './systems.ts';

/** One thing to measure, in the same way for every system. */
export interface Scenario {
  /** What it is called on the command line: `drain-32`. */
  readonly name: string;
  /** What it measures, for people. */
  readonly title: string;
  /** Under which heading it is reported. */
  readonly chapter: string;
  /** Systems without one of these are left out, and the report says so. */
  readonly needs: readonly Ability[];
  /** Whether `quick` leaves it out. */
  readonly isLong: boolean;
  /** Rounds after which more would tell little for the time that they take. @default those of the size */
  readonly mostRounds?: number;
  readonly metrics: readonly Metric[];
  /** One round of one system: a figure for each metric, by its id. NaN stands for what the system does not have. */
  measure(stage: Stage, size: Size): Promise<Figures>;
}
