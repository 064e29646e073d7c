import type { RedisPort } from '@q/client/port';
import { luaSources, renew, type ScriptArgument } from '@q/core/wire';
import type { LeaseOrder } from './lease-order.ts';

export interface LeaseFacts {
  readonly port: RedisPort;
  readonly worker: string;
  readonly lease: number;
  readonly maxBlock: number;
}

/** What the thread has to know: it has no bindings and no port. */
export function writeLeaseOrder(facts: LeaseFacts, options: object, beats: SharedArrayBuffer): LeaseOrder {
  const { port, worker, lease, maxBlock } = facts;
  const keys = renew.keys(port.keys, { worker, lease });
  return {
    options,
    connectionName: `q:lease:${port.keys.queue}`,
    ...luaSources.renew,
    args: [keys.length, ...keys, 0, ...renew.argv({ worker, lease }).map(asText)],
    interval: lease / 3,
    maxBlock,
    beats,
  };
}

function asText(argument: ScriptArgument): string {
  return typeof argument === 'object' ? Buffer.from(argument).toString() : String(argument);
}
