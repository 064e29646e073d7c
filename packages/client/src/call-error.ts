import { QueueUnavailableError } from '@q/core';
import { ClientClosedError } from './errors.ts';
import { PortClosedError } from './redis-port/errors.ts';

/** What a failed call, which may have carried many, means for one of them. */
export function errorForTask(error: unknown, id: string, queue: string): unknown {
  if (error instanceof PortClosedError) return new ClientClosedError(queue);
  if (!(error instanceof QueueUnavailableError) || error.id === id) return error;
  return new QueueUnavailableError(
    { id, queue, after: error.after },
    'cause' in error ? { cause: error.cause } : undefined,
  );
}
