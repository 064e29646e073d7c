import type { RedisServerOptions } from '@q/dev-redis';

/**
 * What Redis is trusted with: P0 keeps nothing, P1 writes its file every second, P2 before every answer, P3 is a set of
 * servers that copy each other after the answer, P3d the same where a write needs a replica that is alive.
 */
export type Profile = 'P0' | 'P1' | 'P2' | 'P3' | 'P3d';

/** How a single server of a profile is started. */
export function serverOptionsOf(profile: 'P0' | 'P1' | 'P2'): RedisServerOptions {
  switch (profile) {
    case 'P0':
      return { persistence: 'none' };
    case 'P1':
      return { persistence: 'aof everysec' };
    case 'P2':
      return { persistence: 'aof' };
  }
}
