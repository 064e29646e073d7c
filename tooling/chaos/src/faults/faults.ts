import { blockedLoop } from './blocked-loop.ts';
import { brokenConnections } from './broken-connections.ts';
import { darkLines } from './dark-lines.ts';
import { deadWorker } from './dead-worker.ts';
import { drained } from './drained.ts';
import type { Fault } from './fault.ts';
import { frozenMaster } from './frozen-master.ts';
import { fullMemory } from './full-memory.ts';
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

/** All of them. A new one brings its own file and a line here. */
export const faults: readonly Fault[] = [
  zombie,
  poison,
  deadWorker,
  blockedLoop,
  outage,
  rollingStops,
  wiped,
  fullMemory,
  refusedProducers,
  darkLines,
  brokenConnections,
  lostReplies,
  frozenMaster,
  replacedMaster,
  movedCluster,
  skewedCron,
  drained,
];
