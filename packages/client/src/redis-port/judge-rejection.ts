import { ConnectionLostError, RedisRefusedError } from './errors.ts';

/** What a rejected command means for the call that sent it. */
export type Rejection =
  | {
      readonly kind: 'again';
      readonly error: ConnectionLostError;
      /** Nobody has said that it was not carried out. */
      readonly mayBeDone: boolean;
    }
  | { readonly kind: 'unknown-script' }
  | { readonly kind: 'refused'; readonly error: RedisRefusedError };

/**
 * First words of answers that pass by themselves and mean that nothing was written: fail-over, start-up, a slot that moves,
 * a script that runs too long, a disk that takes no more. Nobody else is served meanwhile.
 */
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
  'MISCONF',
]);
/**
 * What has no such word: a script that a Cluster let in and then met a key whose slot is being moved away (in the words of
 * servers up to 7.0, and of later ones), or its first write, although the Cluster is down.
 */
const passingTexts = [
  'attempted to access a non local key',
  'accessed during rehashing of the slot',
  'attempted to access a slot not served',
  'while the cluster is down',
];

/** ioredis attaches the whole command to its errors: only the text is taken over. */
export function judgeRejection(thrown: unknown, operation: string): Rejection {
  const answer = thrown instanceof Error ? thrown.message : String(thrown);
  if (!isReply(thrown)) return unanswered(`"${operation}" got no answer: ${answer}`);
  const [word = ''] = answer.split(' ', 1);
  if (word === 'NOSCRIPT') return { kind: 'unknown-script' };
  if (passing.has(word) || passingTexts.some((text) => answer.includes(text))) {
    const error = new ConnectionLostError(`Redis cannot do "${operation}" now: ${answer}`);
    return { kind: 'again', error, mayBeDone: false };
  }
  return { kind: 'refused', error: new RedisRefusedError(operation, answer) };
}

/** Redis may or may not have heard of it. */
export function unanswered(why: string): Extract<Rejection, { kind: 'again' }> {
  return { kind: 'again', error: new ConnectionLostError(why), mayBeDone: true };
}

/** By name, as the error may be of another copy of ioredis. */
function isReply(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ReplyError';
}
