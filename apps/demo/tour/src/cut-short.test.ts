import { test } from '@q/testkit';
import { describe, expect, vi } from 'vitest';
import { documents, entry, isAlive, servicesOf } from './test-support/demo-process.ts';

vi.setConfig({ testTimeout: 90_000 });

describe('a tour that is cut short', () => {
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
});
