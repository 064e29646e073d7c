import { Retry, type TaskContext, type Worker } from '@q/worker';
import type { Ledger } from '../ledger/ledger.ts';
import { preciseNow } from '../ledger/precise-now.ts';
import type { CronKind } from '../processes/settings.ts';
import { nextRun } from './run-stamp.ts';
import * as tasks from './tasks.ts';

type Work = (ctx: TaskContext<undefined>) => Promise<void> | void;

/** Registers a handler for every task of the workload; each writes down what it does. */
export function handleWorkload(worker: Worker<undefined>, ledger: Ledger): void {
  const recorded = recorder(ledger);
  worker.handle(tasks.plain, (ctx) => recorded(ctx, () => undefined));
  worker.handle(tasks.slow, (ctx, ms) => recorded(ctx, () => ctx.sleep(ms)));
  worker.handle(tasks.flaky, (ctx, failures, delay) =>
    recorded(ctx, () => {
      if (ctx.tries <= failures) throw new Retry(`try ${ctx.tries}`, { delay });
    }),
  );
  worker.handle(tasks.failing, (ctx) =>
    recorded(ctx, () => {
      throw new Error('as it should');
    }),
  );
  worker.handle(tasks.lonely, (ctx, ms) => recorded(ctx, () => ctx.sleep(ms)));
  worker.handle(tasks.stuck, (ctx) =>
    recorded(ctx, () => (ctx.attempt === 1 ? ctx.sleep('10m') : undefined)),
  );
  worker.handle(tasks.poison, (ctx) => recorded(ctx, () => die(ledger)));
  worker.handle(tasks.blocking, (ctx, ms) => recorded(ctx, () => void block(ms)));
}

/** Runs occurrences that others have fired, and fires none. */
export function handleOccurrences(worker: Worker<undefined>, ledger: Ledger): void {
  const recorded = recorder(ledger);
  worker.handle(tasks.occurrence, (ctx) => recorded(ctx, () => undefined));
}

/** ms that an occurrence takes which may run beside others: a kill strikes some of them. */
const overlap = 300;

/** Every second. While a `unique` occurrence has not ended, the next slots are passed over, as they should be. */
export function handleCron(worker: Worker<undefined>, ledger: Ledger, kind: CronKind): void {
  const recorded = recorder(ledger);
  const isUnique = kind === 'unique';
  const handler: Work = (ctx) => (isUnique ? undefined : ctx.sleep(overlap));
  worker.cron('* * * * * *', tasks.cronName, (ctx) => recorded(ctx, handler), {
    ttl: '2h',
    unique: isUnique,
  });
}

/** Says so first: on a busy machine others may see the death when its tasks run elsewhere already. */
function die(ledger: Ledger): void {
  const at = preciseNow();
  ledger.write({ kind: 'fault', fault: 'kill', victim: ledger.by, what: 'poison', since: at, until: at });
  process.kill(process.pid, 'SIGKILL');
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

type Recorded = (ctx: TaskContext<undefined>, work: Work) => Promise<tasks.Ran>;

function recorder(ledger: Ledger): Recorded {
  return async (ctx, work) => {
    const { id, name: task, attempt, tries } = ctx;
    const run = nextRun(ledger.by);
    ledger.write({ kind: 'started', id, task, run, attempt, tries });
    try {
      await work(ctx);
      ledger.write({ kind: 'effect', id, run });
    } catch (error) {
      ledger.write({ kind: 'ended', id, run, how: 'threw' });
      throw error;
    }
    ledger.write({ kind: 'ended', id, run, how: 'returned' });
    return { run };
  };
}
