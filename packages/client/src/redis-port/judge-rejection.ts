import { ConnectionLostError, RedisRefusedError } from './errors.ts';

/** What a rejected command means for the call that sent it. */
export type Rejection =
  | { readonly kind: 'again'; readonly error: ConnectionLostError }
  | { readonly kind: 'unknown-script' }
  | { readonly kind: 'refused'; readonly error: RedisRefusedError };

/** First words of answers that pass by themselves: fail-over, start-up, a slot that moves, a script that runs too long. */
const passing = new Set([
  'READONLY',
  'LOADING',
  'BUSY',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MASTERDOWN',
  'NOREPLICAS',
  'UNBLOCKED',
  'MOVED',
  'ASK',
  'NOMASTERLINK',
]);
/** A key that is missing here because its slot is being moved away; nothing was written. */
const movingSlot = 'attempted to access a non local key';

/** ioredis attaches the whole command to its errors: only the text is taken over. */
export function judgeRejection(thrown: unknown, operation: string): Rejection {
  const answer = thrown instanceof Error ? thrown.message : String(thrown);
  if (!isReply(thrown))
    return { kind: 'again', error: new ConnectionLostError(`"${operation}" got no answer: ${answer}`) };
  const [word = ''] = answer.split(' ', 1);
  if (word === 'NOSCRIPT') return { kind: 'unknown-script' };
  if (passing.has(word) || answer.includes(movingSlot)) {
    return { kind: 'again', error: new ConnectionLostError(`Redis cannot do "${operation}" now: ${answer}`) };
  }
  return { kind: 'refused', error: new RedisRefusedError(operation, answer) };
}

/** By name, as the error may be of another copy of ioredis. */
function isReply(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ReplyError';
}
