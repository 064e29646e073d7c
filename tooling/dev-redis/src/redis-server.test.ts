import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.ts';

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedisServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function ask<Answer>(
  server: RedisServer,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(server.url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined); // a reset, when the server had unread bytes
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a private server', () => {
  it('is in memory, empty, and reachable from this machine only', async () => {
    const server = await start();
    const settings = await ask(server, (redis) => redis.config('GET', 'save', 'appendonly', 'bind'));
    expect(settings).toEqual(expect.arrayContaining(['127.0.0.1', 'no', '']));
    expect(await ask(server, (redis) => redis.dbsize())).toBe(0);
  });

  it('takes a limit of memory and further arguments', async () => {
    const server = await start({
      maxmemory: '64mb',
      args: ['--maxmemory-policy', 'noeviction', '--hz', '50'],
    });
    const info = await ask(server, (redis) => redis.config('GET', 'maxmemory', 'hz'));
    expect(info).toEqual(expect.arrayContaining([String(64 * 1024 * 1024), '50']));
  });

  it('comes back on its port, with all that was answered, when it persists', async () => {
    const server = await start({ persistence: 'aof' });
    await ask(server, (redis) => redis.set('k', 'v'));
    const before = server.pid;
    await server.restart();
    expect(server.pid).not.toBe(before);
    expect(await ask(server, (redis) => redis.get('k'))).toBe('v');
    await server.restart({ keepData: false });
    expect(await ask(server, (redis) => redis.dbsize())).toBe(0);
  });

  it('comes back empty when it does not persist, and refuses to pretend otherwise', async () => {
    const server = await start();
    await ask(server, (redis) => redis.set('k', 'v'));
    await server.restart();
    expect(await ask(server, (redis) => redis.dbsize())).toBe(0);
    await expect(server.restart({ keepData: true })).rejects.toThrow('start it with { persistence: "aof" }');
  });

  it('answers nothing while it is frozen and everything afterwards', async () => {
    const server = await start();
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    await redis.ping();
    await server.pause();
    let answered = false;
    const answer = redis.ping().then(() => {
      answered = true;
    });
    // A frozen server still accepts connections: the system does it. Once it has, the ping was sent long before.
    const socket = connect(server.port, server.host);
    await once(socket, 'connect');
    socket.destroy();
    expect(answered).toBe(false);
    await server.resume();
    await answer;
  });

  it('is gone when a kill has resolved, also when it was frozen', async () => {
    const server = await start();
    await server.pause();
    await server.kill();
    await expect(ask(server, (redis) => redis.ping())).rejects.toThrow();
  });

  it('may be stopped twice and leaves no data behind', async () => {
    const server = await start({ persistence: 'aof' });
    const [, dir = ''] = (await ask(server, (redis) => redis.config('GET', 'dir'))) as string[];
    expect(existsSync(dir)).toBe(true);
    await server.stop();
    await server.stop();
    expect(existsSync(dir)).toBe(false);
  });

  it('says what the server said when it does not start', async () => {
    await expect(startRedisServer({ args: ['--no-such-setting', '1'] })).rejects.toThrow(
      /did not start[\s\S]*no-such-setting/,
    );
  });

  it('keeps its port from other servers until it is stopped, also while it is down', async () => {
    const server = await start();
    const reservation = join(tmpdir(), `q-redis-port-${server.port}`);
    await server.kill();
    expect(existsSync(reservation)).toBe(true);
    await server.stop();
    expect(existsSync(reservation)).toBe(false);
  });

  it('has the bus of a Cluster on the port behind its own', async () => {
    const server = await start({ args: ['--cluster-enabled', 'yes'] });
    const bus = await ask(server, (redis) => redis.config('GET', 'cluster-port'));
    expect(bus).toEqual(['cluster-port', String(server.port + 1)]);
  });

  it('does not start on a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startRedisServer({ port })).rejects.toMatchObject({ code: 'REDIS_NOT_STARTED' });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends with its parent, data and all, also by %s',
    async (signal) => {
      const program = fileURLToPath(new URL('./test-support/start-and-wait.mjs', import.meta.url));
      const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = await once(createInterface({ input: parent.stdout }), 'line');
      const { port, pid, dir } = JSON.parse(String(line));
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      parent.kill(signal);
      await closed(socket);
      await expect.poll(() => isAlive(pid)).toBe(false);
      await expect.poll(() => existsSync(dir)).toBe(false);
    },
  );

  it('does not keep its parent from ending', async () => {
    const code = `import { startRedisServer } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}; await startRedisServer();`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    expect(await once(parent, 'exit')).toEqual([0, null]);
  });
});
