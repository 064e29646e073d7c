import type { RedisPort } from '@q/client/port';
import { queueKeys } from '@q/core/wire';

/**
 * A port without a Redis behind it: the arguments of a script are made, and the answer to an `enqueue` of new tasks is
 * read, so that what is measured is the work of this process alone.
 */
export function instantPort(): RedisPort {
  const keys = queueKeys('micro');
  const port: RedisPort = {
    run: async (script, input) => {
      script.keys(keys, input);
      script.argv(input);
      return script.reply([Date.now(), Buffer.from('created')], input);
    },
    runReplicated: async ({ script, input }, { replicas }) => ({
      reply: await port.run(script, input),
      replicas,
      refusal: null,
    }),
    blockingPop: async () => null,
    popThenRun: async () => ({ popped: null, reply: null }),
    subscribe: async () => undefined,
    checkSubscriptions: () => undefined,
    serverInfo: () => Promise.reject(new Error('there is no server behind this port')),
    fork: () => port,
    forkToShard: async () => null,
    threadOptions: () => null,
    clock: { now: () => Date.now() },
    keys,
    isLost: false,
    onReconnect: () => () => undefined,
    onError: () => () => undefined,
    close: async () => undefined,
  };
  return port;
}
