import { describe, expect } from 'vitest';
import { connectionOptions } from './connection-options.ts';
import { openFaultyLine } from './faulty-line.ts';
import { test } from './fixtures.ts';

describe('a faulty line', () => {
  test('leads to the database that the URL names, with its user', async () => {
    await using line = await openFaultyLine('redis://alice:s%20cret@127.0.0.1:6379/3');
    const { host, port, ...rest } = connectionOptions(line.url);
    expect(host).toBe('127.0.0.1');
    expect(port).not.toBe(6379);
    expect(rest).toEqual({ db: 3, username: 'alice', password: 's cret' });
  });

  test('passes everything on until it is cut, and again when it is mended', async ({ redisUrl, connect }) => {
    await using line = await openFaultyLine(redisUrl);
    const redis = connect(line.url);
    redis.on('error', () => undefined);
    expect(await redis.ping()).toBe('PONG');
    const closed = new Promise((resolve) => redis.once('close', resolve));
    line.cut();
    await closed;
    await line.mend();
    expect(await redis.ping()).toBe('PONG');
  });

  test('loses the answer to one script, which was performed', async ({
    redisUrl,
    redis,
    connect,
    queueName,
  }) => {
    await using line = await openFaultyLine(redisUrl);
    const key = queueName();
    const client = connect(line.url);
    client.options.autoResendUnfulfilledCommands = false;
    client.options.maxRetriesPerRequest = 0;
    client.on('error', () => undefined);
    await client.ping();
    const lost = line.loseNextAnswer();
    await expect(client.eval('return redis.call("INCR", KEYS[1])', 1, key)).rejects.toThrow();
    await lost;
    expect(await redis.getdel(key)).toBe('1');
  });
});
