import { createClient } from '@q/client';
import type { Stage, Step } from './step.ts';
import { aborting } from './steps/aborting.ts';
import { cron } from './steps/cron.ts';
import { enqueuing } from './steps/enqueuing.ts';
import { indexing } from './steps/indexing.ts';
import { overHttp } from './steps/over-http.ts';
import { retries } from './steps/retries.ts';
import { startingLater } from './steps/starting-later.ts';
import { statusAndResult } from './steps/status-and-result.ts';
import { synchronousWork } from './steps/synchronous-work.ts';
import { startSystem } from './system.ts';
import { TourError } from './tour-error.ts';
import { whenAborted } from './when-aborted.ts';

const steps: readonly Step[] = [
  indexing,
  enqueuing,
  startingLater,
  statusAndResult,
  retries,
  aborting,
  synchronousWork,
  overHttp,
  cron,
];

/** Starts everything, walks through the steps, stops everything. @throws TourError, or what a step rejected with. */
export async function runTour(folder: string, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const system = await startSystem({ folder, port: 0, cron: '* * * * * *' });
  const { worker, web, webUrl, queue, redis } = system;
  console.log(`worker: process ${worker.pid}; web backend: process ${web.pid}, ${webUrl}; queue: ${queue}`);
  const q = createClient({ redis, queue });
  const interrupted = whenAborted(signal).then(() => {
    throw new TourError('interrupted');
  });
  try {
    await Promise.race([walk({ q, worker, webUrl, folder, say }), interrupted, worker.died, web.died]);
  } catch (error) {
    // What went wrong first is what is worth telling; closing ends the waits of the step that was left.
    await Promise.allSettled([q.close(), system.stop()]);
    throw error;
  }
  await q.close();
  await system.stop();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log('\nSIGTERM: the worker and the web backend ended with exit code 0');
  console.log(`${steps.length} of ${steps.length} steps did what they show, in ${seconds} s`);
  console.log('next: npm start -- --serve');
}

function say(line: string): void {
  console.log(`   ${line}`);
}

async function walk(stage: Stage): Promise<void> {
  for (const [index, { title, show }] of steps.entries()) {
    console.log(`\n${index + 1}. ${title}`);
    await show(stage);
  }
}
