import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProcess, test } from '@q/testkit';
import { describe, expect, onTestFinished, vi } from 'vitest';

vi.setConfig({ testTimeout: 90_000 });

const entry = new URL('../dist/main.js', import.meta.url);

const titles = [
  '1. Index a folder of documents',
  '2. Enqueue: two equivalent forms',
  '3. Start later',
  '4. Status and result',
  '5. Retry until the third try',
  '6. Abort what waits and what runs',
  '7. Synchronous work in the pool',
  '8. The same over HTTP',
  '9. Cron of every second',
];

async function documents(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'q-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'one.txt'), 'worker worker worker queue queue');
  await writeFile(join(folder, 'two.md'), 'worker');
  await writeFile(join(folder, 'three.bin'), Buffer.from([1, 0, 2]));
  return folder;
}

/** Process ids of the services, as the demo names them in its output. */
function servicesOf({ lines }: ChildProcess): number[] {
  return lines.flatMap((line) => [...line.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the tour', () => {
  test('walks through the seed, ends with exit code 0 and leaves neither processes nor a changed server', async ({
    startRedis,
    connect,
    childProcess,
  }) => {
    const { url } = await startRedis();
    const redis = connect(url);
    await redis.set('of-somebody-else', 'untouched');
    const tour = childProcess(entry, { env: { REDIS_URL: url }, args: [await documents()] });
    expect(await tour.exited, tour.errorLines.join('\n')).toEqual({ code: 0, signal: null });
    for (const title of titles) expect(tour.lines).toContainEqual(expect.stringContaining(title));
    const said = tour.lines.join('\n');
    expect(said).toMatch(/2 files, 6 words, 38 bytes .* files\/s/);
    expect(said).toContain('2 distinct contents; 1 files are no text');
    expect(said).toContain('most frequent: worker 4, queue 2');
    expect(said).toMatch(/q\.enqueue\(sleeper, 1\) +→ \S+ → 1/);
    expect(said).toMatch(/q\.enqueue\(sleeper, 1\)\.start\(\) +→ \S+ → 1/);
    expect(said).toMatch(
      /status\(\) +→ scheduled[\s\S]*success true, result 1, tries 1[\s\S]*status\(\) +→ done/,
    );
    expect(said).toMatch(/→ true at try 3, 5\d{3} ms|→ true at try 3, [6-9]\d{3} ms/);
    expect(said).toMatch(
      /scheduled: .* → true\n.*running: .* → true, .* error aborted\n.*finished: .* → false/,
    );
    expect(said).toMatch(/2433654 primes in \d+ ms; .* loop was held up for \d+ ms/);
    expect(said).toMatch(/GET \/tasks\/:id +→ done, result 0\.2/);
    expect(said).toMatch(/fired for \S+\.000, ran -?\d+ ms after it/);
    expect(said).toContain('9 of 9 steps');
    expect(servicesOf(tour)).toHaveLength(2);
    expect(servicesOf(tour).filter(isAlive)).toEqual([]);
    expect(await redis.keys('*')).toEqual(['of-somebody-else']);
    expect(await redis.get('of-somebody-else')).toBe('untouched');
  });

  test('ends with exit code 1 and says so when the worker dies', async ({ redisUrl, childProcess }) => {
    const tour = childProcess(entry, { env: { REDIS_URL: redisUrl }, args: [await documents()] });
    await tour.line('5. Retry');
    const [worker = 0] = servicesOf(tour);
    process.kill(worker, 'SIGKILL');
    expect(await tour.exited).toEqual({ code: 1, signal: null });
    expect(tour.errorLines.join('\n')).toContain(
      `worker (process ${worker}) ended by itself with signal SIGKILL`,
    );
    expect(servicesOf(tour).filter(isAlive)).toEqual([]);
  });

  test('takes its services along when it is killed', async ({ redisUrl, childProcess }) => {
    const tour = childProcess(entry, { env: { REDIS_URL: redisUrl }, args: [await documents()] });
    await tour.line('5. Retry');
    await tour.kill();
    await expect.poll(() => servicesOf(tour).filter(isAlive), { timeout: 30_000 }).toEqual([]);
  });

  test('of a folder that is not there is refused with the usage', async ({ childProcess }) => {
    const tour = childProcess(entry, { args: ['/not/there'] });
    expect(await tour.exited).toEqual({ code: 1, signal: null });
    expect(tour.errorLines.join('\n')).toContain('npm start -- <folder>');
  });
});

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
