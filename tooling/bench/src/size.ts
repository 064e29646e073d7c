/** How much a run of the benchmark does. */
export interface Size {
  readonly rounds: number;
  /** Tasks enqueued or drained per round. */
  readonly tasks: number;
  /** The same where every task costs a round trip. */
  readonly slowTasks: number;
  readonly sleepingTasks: number;
  readonly roundTrips: number;
  /** Tasks per round where CPU time is counted, which comes in steps of 10 ms. */
  readonly costTasks: number;
  readonly openLoopSeconds: number;
  readonly backlog: number;
  /** ms after which no further round is begun. */
  readonly budget: number;
}

export const sizes: Readonly<Record<'quick' | 'all', Size>> = {
  quick: {
    rounds: 3,
    tasks: 20_000,
    slowTasks: 3_000,
    sleepingTasks: 2_000,
    roundTrips: 500,
    costTasks: 20_000,
    openLoopSeconds: 2,
    backlog: 100_000,
    budget: 135_000,
  },
  all: {
    rounds: 5,
    tasks: 20_000,
    slowTasks: 10_000,
    sleepingTasks: 2_000,
    roundTrips: 3_000,
    costTasks: 100_000,
    openLoopSeconds: 10,
    backlog: 500_000,
    budget: 1_800_000,
  },
};
