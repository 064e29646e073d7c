import { QueueError } from '@q/core';

/**
 * Thrown when Redis refuses a call for good: no memory left (`OOM`), no permission (`NOPERM`), a script that fails.
 * Its message is that of Redis. What was sent is not in it, nor in a cause: it holds payloads.
 */
export class RedisRefusedError extends QueueError {
  override readonly name = 'RedisRefusedError';
  readonly code = 'Q_REDIS_REFUSED';
  /** First word of Redis's answer, such as `OOM`. */
  readonly reason: string;
  /** The script or command that was refused. */
  readonly operation: string;

  constructor(operation: string, answer: string) {
    super(`Redis refused "${operation}": ${answer}${adviceFor(answer)}`);
    this.operation = operation;
    this.reason = answer.split(' ', 1)[0] ?? '';
  }
}

function adviceFor(answer: string): string {
  if (answer.startsWith('OOM'))
    return ' (nothing was written; raise maxmemory or let workers drain the queue)';
  if (answer.startsWith('NOPERM')) return ' (the user of this connection lacks a permission)';
  return '';
}

/** Why a connection cannot be used now, in words that hold nothing of what was sent. It passes by itself. */
export class ConnectionLostError extends QueueError {
  override readonly name = 'ConnectionLostError';
  readonly code = 'Q_CONNECTION_LOST';
}

/** Thrown by calls on a port that was closed by its owner. */
export class PortClosedError extends QueueError {
  override readonly name = 'PortClosedError';
  readonly code = 'Q_PORT_CLOSED';

  constructor() {
    super('the connection to Redis was closed while this call was waiting; make calls before close()');
  }
}
