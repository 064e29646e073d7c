import { test } from '@q/testkit';
import { describe, expect, vi } from 'vitest';
import { documents, entry, isAlive, servicesOf } from './test-support/demo-process.ts';

vi.setConfig({ testTimeout: 90_000 });

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

  test('of a folder that is not there is refused with the usage', async ({ childProcess }) => {
    const tour = childProcess(entry, { args: ['/not/there'] });
    expect(await tour.exited).toEqual({ code: 1, signal: null });
    expect(tour.errorLines.join('\n')).toContain('npm start -- <folder>');
  });
});
