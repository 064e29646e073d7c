import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureRedis } from './ensure-redis.ts';
import { freePort } from './free-port.ts';
import { startRedisServer } from './redis-server.ts';
import { fakeMachine, serverScript } from './test-support/fake-machine.ts';

const prepare = fileURLToPath(new URL('../dist/prepare.js', import.meta.url));

interface Ended {
  readonly exitCode: number | string | null | undefined;
  readonly stderr: string;
}

function runPrepare(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [prepare, ...args], { env }, (error, _stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : error.code, stderr }),
    );
  });
}

describe('ensureRedis', () => {
  it('uses the server of REDIS_URL, without showing its password and without ending it', async () => {
    await using server = await startRedisServer({ args: ['--requirepass', 'secret'] });
    const machine = await fakeMachine();
    const url = `redis://:secret@127.0.0.1:${server.port}/4`;
    const redis = await ensureRedis({
      purpose: 'demo',
      ...machine.search,
      env: { ...machine.env, REDIS_URL: url },
    });
    expect(redis).toMatchObject({ url, source: 'REDIS_URL', version: server.version });
    expect(machine.log).toEqual([`redis: using REDIS_URL (redis://127.0.0.1:${server.port}/4)`]);
    await redis.stop();
    const connection = new Redis(url);
    onTestFinished(() => connection.disconnect());
    expect(await connection.ping()).toBe('PONG');
  });

  it('starts a private server otherwise, and says what and where', async () => {
    const machine = await fakeMachine();
    const program = await machine.install('redis-server', await serverScript());
    await using redis = await ensureRedis({ purpose: 'demo', ...machine.search });
    const where = redis.url.replace('redis://', '');
    expect(machine.log).toEqual([
      `redis: started ${program} ${redis.version} on ${where} (private, in memory)`,
    ]);
  });

  it('says that REDIS_URL cannot be reached instead of starting a server', async () => {
    const machine = await fakeMachine();
    const env = { ...machine.env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    await expect(ensureRedis({ purpose: 'demo', ...machine.search, env })).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      exitCode: 69,
    });
  });

  it('refuses to run tests in a database of REDIS_URL that holds anything, unless it may be emptied', async () => {
    await using server = await startRedisServer();
    const machine = await fakeMachine();
    const connection = new Redis(server.url);
    onTestFinished(() => connection.disconnect());
    await connection.set('precious', 1);
    const env = { ...machine.env, REDIS_URL: server.url };
    await expect(ensureRedis({ purpose: 'tests', ...machine.search, env })).rejects.toMatchObject({
      code: 'REDIS_NOT_EMPTY',
      message: expect.stringContaining('holds 1 keys'),
    });
    await ensureRedis({ purpose: 'demo', ...machine.search, env });
    await ensureRedis({ purpose: 'tests', ...machine.search, env: { ...env, Q_TEST_ALLOW_FLUSH: '1' } });
    expect(await connection.get('precious')).toBe('1');
  });
});

describe('preparing the tests', () => {
  it('ends with the remedies and exit code 69 when there is no Redis', async () => {
    const { env } = await fakeMachine();
    const ended = await runPrepare({ ...env, Q_REDIS: 'off' });
    expect(ended.exitCode).toBe(69);
    expect(ended.stderr).toMatch(/^No Redis found\. Any one of these fixes it:\n {2}\w+/);
  });

  it('ends with exit code 1 when Q_REDIS_BIN does not exist', async () => {
    const { env } = await fakeMachine();
    const ended = await runPrepare({ ...env, Q_REDIS_BIN: '/no/redis' });
    expect(ended).toEqual({ exitCode: 1, stderr: 'Q_REDIS_BIN=/no/redis does not exist\n' });
  });

  it('leaves a full database of REDIS_URL as it is, and empties it when that is allowed', async () => {
    await using server = await startRedisServer();
    const { env } = await fakeMachine();
    const connection = new Redis(server.url);
    onTestFinished(() => connection.disconnect());
    await connection.set('precious', 1);
    expect(await runPrepare({ ...env, REDIS_URL: server.url })).toMatchObject({ exitCode: 1 });
    expect(await connection.dbsize()).toBe(1);
    expect(await runPrepare({ ...env, REDIS_URL: server.url, Q_TEST_ALLOW_FLUSH: '1' })).toMatchObject({
      exitCode: 0,
    });
    expect(await connection.dbsize()).toBe(0);
  });
});
