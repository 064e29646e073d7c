import type { RedisPort, ThreadOptions } from '@q/client/port';
import { renew } from '@q/core/wire';
import type { LeaseOrder } from './lease-order.ts';
import { scriptCall } from './script-call.ts';
import type { StartBoard } from './start-board.ts';

export interface LeaseFacts {
  readonly port: RedisPort;
  readonly worker: string;
  readonly lease: number;
  readonly maxBlock: number;
  readonly board: StartBoard;
}

/** What the thread has to know: it has no port. */
export function writeLeaseOrder(
  facts: LeaseFacts,
  connection: ThreadOptions,
  beats: SharedArrayBuffer,
): LeaseOrder {
  const { port, worker, lease, maxBlock, board } = facts;
  const { queue } = port.keys;
  return {
    connection,
    connectionName: `q:lease:${queue}`,
    renewal: scriptCall(renew, port.keys, { worker, lease }),
    queue,
    worker,
    lease,
    interval: lease / 3,
    maxBlock,
    beats,
    board: board.memory,
  };
}
