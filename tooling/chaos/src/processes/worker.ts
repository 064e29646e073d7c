import { openAddress } from '@q/dev-redis';
import { createWorker } from '@q/worker';
import { plantDefect } from '../defects/plant-defect.ts';
import { openLedger } from '../ledger/ledger.ts';
import { noteStalls } from '../ledger/note-stalls.ts';
import { handleCron, handleOccurrences, handleWorkload } from '../workload/handlers.ts';
import { called, endWithParent, say } from './say.ts';
import { readWorkerSettings } from './settings.ts';

const settings = readWorkerSettings();
if (settings.defect !== null) plantDefect(settings.defect);
const ledger = openLedger(settings.ledgers, settings.name);
const opened = openAddress(settings.redis);
const worker = createWorker<undefined>({
  redis: opened.redis,
  queue: settings.queue,
  id: settings.name,
  concurrency: settings.concurrency,
  lease: settings.lease,
  gracePeriod: settings.gracePeriod,
});
handleWorkload(worker, {
  ...ledger,
  write: (happening) => {
    ledger.write(happening);
    if (happening.kind === 'started') say({ kind: 'started', id: happening.id });
  },
});
if (settings.cron === null) handleOccurrences(worker, ledger);
else handleCron(worker, ledger, settings.cron);
noteStalls(ledger, settings.lease);
endWithParent();
say({ kind: 'running' });
if (settings.standsBy === true) await called();
await worker.run();
opened.close();
process.disconnect?.();
