import { type AnyCall, call } from '@q/core';
import { countPrimes, countWords, retrying, sleeper } from '@q/demo-contracts';
import { z } from 'zod';

const delay = z.number().int().min(0).max(86_400_000).default(0);

const order = z.discriminatedUnion('task', [
  z.object({ task: z.literal('sleeper'), seconds: z.number().min(0).max(3_600), delay }),
  z.object({ task: z.literal('retrying'), delay }),
  z.object({ task: z.literal('count-primes'), below: z.number(), delay }),
  z.object({ task: z.literal('count-words'), file: z.string(), delay }),
]);

/** What a request asks for, as a call that can be sent. @throws ZodError: what comes over HTTP has no types. */
export function toCall(body: unknown): AnyCall {
  const given = order.parse(body);
  const options = { delay: given.delay };
  switch (given.task) {
    case 'sleeper':
      return call(sleeper, given.seconds).start(options);
    case 'retrying':
      return call(retrying).start(options);
    case 'count-primes':
      return call(countPrimes, { below: given.below }).start(options);
    case 'count-words':
      return call(countWords, { file: given.file }).start(options);
  }
}
