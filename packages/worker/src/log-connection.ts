import type { RedisPort } from '@q/client/port';
import type { Logger } from './log.ts';

const repeatAfter = 10_000;

/** Says that Redis is away, at most every ten seconds, and that it is back. A worker waits for it for ever. */
export function logConnection(port: RedisPort, log: Logger): void {
  let saidAt = Number.NEGATIVE_INFINITY;
  port.onError((error) => {
    const now = performance.now();
    if (now - saidAt < repeatAfter) return;
    saidAt = now;
    log.warn({ error }, 'Redis cannot be reached; the worker waits for it');
  });
  port.onReconnect(() => {
    saidAt = Number.NEGATIVE_INFINITY;
    log.info({}, 'Redis is back');
  });
}
