/** How much a run of the benchmark does. */
export interface Size {
  readonly rounds: number;
  /** Tasks before the clock runs: code is compiled, scripts are loaded, connections are open. */
  readonly warmUp: number;
  /** The same for tasks of which each waits for the one before it. */
  readonly warmUpTrips: number;
  /** Tasks enqueued per round. */
  readonly tasks: number;
  /** Tasks drained per round: more, because the fastest are done with as many in a third of a second. */
  readonly drainTasks: number;
  /** The same where every task costs a round trip. */
  readonly slowTasks: number;
  /** Ms for which they are sent beforehand: what a slow system has sent by then is more than it drains in its time. */
  readonly fillLimit: number;
  /** Ms after which what has run by then is the figure: a slow system need not finish. */
  readonly drainLimit: number;
  readonly sleepingTasks: number;
  readonly roundTrips: number;
  /** Tasks per round where CPU time is counted, which comes in steps of 10 ms, and where a few percent decide. */
  readonly costTasks: number;
  /** Tasks per drain of those that are compared with each other: in `all`, more than caches of a processor hold. */
  readonly scaleTasks: number;
  readonly openLoopSeconds: number;
  readonly waiting: number;
  readonly delayed: number;
  readonly leases: number;
  /** Tasks after which memory and heap should be where they were. */
  readonly memoryTasks: number;
  /** Ms after which nothing is measured once more, but for the rounds that there are to be at least. */
  readonly budget: number;
  readonly leastRounds: number;
}

export type SizeName = 'quick' | 'all';

export const sizes: Readonly<Record<SizeName, Size>> = {
  quick: {
    rounds: 3,
    warmUp: 5_000,
    warmUpTrips: 2_000,
    tasks: 10_000,
    drainTasks: 60_000,
    slowTasks: 3_000,
    fillLimit: 2_500,
    drainLimit: 2_500,
    sleepingTasks: 1_000,
    roundTrips: 300,
    costTasks: 20_000,
    scaleTasks: 10_000,
    openLoopSeconds: 2,
    waiting: 100_000,
    delayed: 20_000,
    leases: 200,
    memoryTasks: 100_000,
    budget: 120_000,
    leastRounds: 1,
  },
  all: {
    rounds: 5,
    warmUp: 20_000,
    warmUpTrips: 5_000,
    tasks: 60_000,
    drainTasks: 60_000,
    slowTasks: 6_000,
    fillLimit: 30_000,
    drainLimit: 4_000,
    sleepingTasks: 2_000,
    roundTrips: 1_000,
    costTasks: 50_000,
    scaleTasks: 200_000,
    openLoopSeconds: 5,
    waiting: 500_000,
    delayed: 100_000,
    leases: 1_000,
    memoryTasks: 1_000_000,
    budget: 2_700_000,
    leastRounds: 3,
  },
};
