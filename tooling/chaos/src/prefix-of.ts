import { type QueueKeys, queuePatterns } from '@q/core/wire';

/** What all keys of a queue begin with. */
export function prefixOf({ queue }: QueueKeys): string {
  return queuePatterns(queue).keys.slice(0, -'*'.length);
}
