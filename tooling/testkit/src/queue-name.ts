import { randomBytes } from 'node:crypto';

/** A queue name that no other test has, over all processes and runs. */
export function queueName(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}
