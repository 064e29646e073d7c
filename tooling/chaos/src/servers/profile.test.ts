import { askServer, type RedisServer, startRedisServer } from '@q/dev-redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverOptionsOf } from './profile.ts';

async function start(profile: 'P0' | 'P1' | 'P2'): Promise<RedisServer> {
  const server = await startRedisServer(serverOptionsOf(profile));
  onTestFinished(() => server.stop());
  return server;
}

describe('a single server', () => {
  for (const [profile, kept] of [
    ['P0', null],
    ['P1', 'there'],
    ['P2', 'there'],
  ] as const) {
    it(`of profile ${profile} ${kept === null ? 'forgets' : 'keeps'} its data when it is killed and started again`, async () => {
      const server = await start(profile);
      await askServer(server.url, (redis) => redis.set('key', 'there'));
      const { port, pid } = server;
      await server.restart();
      expect([server.port, server.pid === pid]).toEqual([port, false]);
      expect(await askServer(server.url, (redis) => redis.get('key'))).toBe(kept);
    });
  }
});
