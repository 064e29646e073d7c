import { abort } from './abort.ts';
import { bulk } from './bulk.ts';
import { cron } from './cron.ts';
import { delayed } from './delayed.ts';
import { resultWait } from './result-wait.ts';
import { retry } from './retry.ts';
import type { Scenario } from './scenario.ts';
import { shutdown } from './shutdown.ts';
import { simple } from './simple.ts';
import { unique } from './unique.ts';

/** All of them. A new feature brings its own file and a line here. */
export const scenarios: readonly Scenario[] = [
  simple,
  bulk,
  delayed,
  retry,
  unique,
  cron,
  abort,
  resultWait,
  shutdown,
];
