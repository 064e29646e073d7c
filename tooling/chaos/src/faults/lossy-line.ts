import type { RedisServer } from '@q/dev-redis';
import { seededRandom } from '../nemesis/random.ts';
import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import { pass } from '../proxy/verdict.ts';

const lostShare = 0.05;
/** All but those that greet a server: a connection that is not made asks again, and no queue is concerned. */
const losable = new Set([
  ...['enqueue', 'watch', 'unwatch', 'read', 'abort', 'join', 'leave', 'step', 'blpop', 'renew', 'held'],
  ...['define', 'fire'],
]);

/** A way to a server on which one reply in twenty is lost, of any command, and the connection with it. */
export function lossyLine(target: RedisServer, seed: number, lost: { count: number }): Promise<FaultProxy> {
  const random = seededRandom(seed);
  return startFaultProxy({
    target,
    judge: ({ name }) => {
      if (!losable.has(name) || random.next() >= lostShare) return pass;
      lost.count += 1;
      return { kind: 'lose reply' };
    },
  });
}
