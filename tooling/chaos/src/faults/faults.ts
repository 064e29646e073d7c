import { blockedLoop } from './blocked-loop.ts';
import { brokenConnections } from './broken-connections.ts';
import { darkLines } from './dark-lines.ts';
import { deadWorker } from './dead-worker.ts';
import { drained } from './drained.ts';
import type { Fault } from './fault.ts';
import { forgetful } from './forgetful.ts';
import { frozenCluster } from './frozen-cluster.ts';
import { fullMemory } from './full-memory.ts';
import { fullSpeed } from './full-speed.ts';
import { lostReplies } from './lost-replies.ts';
import { movedCluster } from './moved-cluster.ts';
import { outage } from './outage.ts';
import { poison } from './poison.ts';
import { refusedProducers } from './refused-producers.ts';
import { replacedMaster } from './replaced-master.ts';
import { rollingStops } from './rolling-stops.ts';
import { skewedCron } from './skewed-cron.ts';
import { wiped } from './wiped.ts';
import { zombie } from './zombie.ts';

/**
 * All of them. A new one brings its own file and a line here. Where several are played at the same time, they begin in
 * this order: those that take longest come first, so that nothing waits for them in the end.
 */
export const faults: readonly Fault[] = [
  replacedMaster,
  movedCluster,
  deadWorker,
  rollingStops,
  frozenCluster,
  poison,
  outage,
  darkLines,
  skewedCron,
  forgetful,
  wiped,
  brokenConnections,
  fullSpeed,
  blockedLoop,
  fullMemory,
  lostReplies,
  zombie,
  drained,
  refusedProducers,
];
