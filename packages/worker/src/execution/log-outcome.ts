import type { Logger } from '../log.ts';
import type { Outcome } from './decide-outcome.ts';
import type { Delivery } from './delivery.ts';
import { loggedError } from './logged-error.ts';
import type { Run } from './run.ts';

/** Says what became of a run, where that is worth a line. Arguments, results and the words of handlers stay out of it. */
export function logOutcome(delivery: Delivery, outcome: Outcome, log: Logger): void {
  switch (outcome.kind) {
    case 'succeed':
    case 'release':
    case 'abort':
    case 'drop':
      return;
    case 'fail':
      log.warn({ ...factsOf(delivery), error: loggedError(outcome.error, outcome.type) }, 'a task failed');
      return;
    case 'fail-declared':
      log.info({ ...factsOf(delivery), type: outcome.error.type }, 'a task failed with a declared error');
      return;
    case 'retry':
      log.info({ ...factsOf(delivery), start: outcome.start }, 'a task is to be tried again');
      return;
    case 'unknown':
      log.warn(
        { ...factsOf(delivery), again: outcome.backoff },
        'this worker has no handler for a task; it goes back to the queue for a while',
      );
      return;
    case 'malformed':
      log.error(
        factsOf(delivery),
        'the bytes of a task do not decode; it ends as malformed, its bytes are kept',
      );
      return;
  }
}

function factsOf({ id, envelope, tries }: Delivery): object {
  return { task: id, name: envelope?.name, tries: tries.tries + 1 };
}

/** Nobody waits for this end any more. */
export function logLateEnd({ id, envelope }: Delivery, ended: Run, log: Logger): void {
  if (ended.kind !== 'threw') return;
  log.debug(
    { task: id, name: envelope?.name, error: loggedError(ended.error, 'error') },
    'a handler that was interrupted has ended with an error',
  );
}
