import type { RedisServer } from '@q/dev-redis';
import { seededRandom } from '../nemesis/random.ts';
import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import { pass } from '../proxy/verdict.ts';

const lostShare = 0.05;
const inScripts = new Set(['step', 'enqueue', 'renew', 'join', 'watch', 'unwatch', 'read', 'held', 'blpop']);

/** A way to a server on which one reply in twenty is lost, of any command, and the connection with it. */
export function lossyLine(target: RedisServer, seed: number, lost: { count: number }): Promise<FaultProxy> {
  const random = seededRandom(seed);
  return startFaultProxy({
    target,
    judge: ({ name }) => {
      if (!inScripts.has(name) || random.next() >= lostShare) return pass;
      lost.count += 1;
      return { kind: 'lose reply' };
    },
  });
}
