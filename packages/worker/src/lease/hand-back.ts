import { held, queueKeys, type SettleItem, step } from '@q/core/wire';
import { mostSettles, settleCall } from '../execution/settle-call.ts';
import type { HeldId } from '../in-flight.ts';
import type { LeaseOrder } from './lease-order.ts';
import { type ScriptCall, scriptCall } from './script-call.ts';
import type { StartBoard } from './start-board.ts';

/**
 * Run by the lease thread while the main loop is blocked: whatever the worker has claimed and not begun goes back to
 * the front of the queue, uncharged. The main loop says the same of these tasks when it turns again, so that nothing
 * depends on the answers here.
 */
export async function handBackUnstarted(
  order: Pick<LeaseOrder, 'queue' | 'worker' | 'lease'>,
  board: StartBoard,
  evaluate: (call: ScriptCall) => Promise<unknown>,
): Promise<void> {
  const { worker, lease } = order;
  const keys = queueKeys(order.queue);
  const ids = board.closeUnstarted();
  const unread = board.closeUnread();
  if (unread !== null) {
    const reply = held.reply(await evaluate(scriptCall(held, keys, { worker })), { worker });
    const brought = reply.kind === 'held' ? (reply.claims.get(unread) ?? []) : [];
    for (const id of brought) ids.push({ id, claim: unread });
  }
  for (let from = 0; from < ids.length; from += mostSettles) {
    const settles = ids.slice(from, from + mostSettles).map(release);
    await evaluate(scriptCall(step, keys, settleCall(worker, lease, settles)));
  }
}

function release({ id, claim }: HeldId): SettleItem {
  return { id, claim, outcome: { kind: 'release', tries: null, lock: '' } };
}
