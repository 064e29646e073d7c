import { test } from '@q/testkit';
import { describe, expect, vi } from 'vitest';
import { entry, isAlive, servicesOf } from './test-support/demo-process.ts';

vi.setConfig({ testTimeout: 90_000 });

/** What the backend answers; the tests say what should be in it. */
interface Answer {
  readonly id: string;
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function enqueue(url: string, order: unknown): Promise<string> {
  const { id }: Answer = JSON.parse(await (await post(url, order)).text());
  return id;
}

async function look(url: string, id: string): Promise<unknown> {
  return (await fetch(`${url}/tasks/${id}`)).json();
}

describe('npm start -- --serve', () => {
  test('enqueues, shows and aborts tasks over HTTP until Ctrl-C', async ({ redisUrl, childProcess }) => {
    const demo = childProcess(entry, { env: { REDIS_URL: redisUrl }, args: ['--serve', '--port', '0'] });
    const url = /http:\S+/.exec(await demo.line('open http'))?.[0] ?? '';
    expect(await (await fetch(url)).text()).toContain('<title>@q demo</title>');

    const id = await enqueue(url, { task: 'count-words', file: 'README.md' });
    await expect
      .poll(() => look(url, id), { timeout: 30_000 })
      .toMatchObject({ status: 'done', result: { success: true } });
    expect(await look(url, id)).toMatchObject({
      result: { result: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });

    const waiting = await enqueue(url, { task: 'sleeper', seconds: 1, delay: 3_600_000 });
    expect(await look(url, waiting)).toMatchObject({ status: 'scheduled' });
    const aborted = await fetch(`${url}/tasks/${waiting}`, { method: 'DELETE' });
    expect(await aborted.json()).toEqual({ aborted: true });
    expect(await look(url, waiting)).toMatchObject({
      status: 'done',
      result: { success: false, error: { type: 'aborted' } },
    });

    demo.signal('SIGINT');
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    expect(servicesOf(demo)).toHaveLength(2);
    expect(servicesOf(demo).filter(isAlive)).toEqual([]);
  });

  test('refuses what is no order, what is outside of the folder, and what pages of other sites send', async ({
    redisUrl,
    childProcess,
  }) => {
    const demo = childProcess(entry, { env: { REDIS_URL: redisUrl }, args: ['--serve'] });
    const url = /http:\S+/.exec(await demo.line('open http'))?.[0] ?? '';
    expect((await post(url, { task: 'format-the-disk' })).status).toBe(400);
    expect((await post(url, { task: 'count-primes', below: 1e12 })).status).toBe(400);
    expect((await post(url, { task: 'sleeper', seconds: 1 }, { 'content-type': 'text/plain' })).status).toBe(
      415,
    );
    const id = await enqueue(url, { task: 'count-words', file: '../../../../etc/passwd' });
    await expect.poll(() => look(url, id), { timeout: 30_000 }).toMatchObject({ result: { success: false } });
    demo.signal('SIGTERM');
    expect(await demo.exited).toEqual({ code: 0, signal: null });
  });
});
