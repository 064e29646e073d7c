import { createHash } from 'node:crypto';

/** Name of the lock that all runs of one task share: 22 base64url characters, so that no user text reaches a header. */
export function uniqueLock(name: string): string {
  return createHash('sha256').update(`unique\n${name}`).digest('base64url').slice(0, 22);
}
