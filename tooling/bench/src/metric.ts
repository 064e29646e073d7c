/** A figure that a scenario yields. What is hoped for it stands in `goals.ts`. */
export interface Metric {
  /** Unique over all scenarios. */
  readonly id: string;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
}
