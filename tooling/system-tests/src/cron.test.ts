import { describe, expect } from 'vitest';
import { isSaid, test } from './system.ts';

describe('one schedule over many workers', () => {
  // The promise is about a stretch of time, so the test takes that long.
  test('seven workers, every second, 20 s: exactly one run per slot', { timeout: 60_000 }, async ({
    worker,
    redis,
    queue,
  }) => {
    const workers = await Promise.all(
      Array.from({ length: 7 }, (_, n) => worker({ id: `w${n}`, cron: '* * * * * *' })),
    );
    const last = (): Promise<string | null> => redis.hget(`q:{${queue}}:schedules:last`, 'tick');
    await expect.poll(last, { timeout: 10_000 }).not.toBeNull();
    const first = Number(await last());
    await expect.poll(last, { timeout: 30_000, interval: 200 }).toBe(String(first + 20_000));
    for (const child of workers) child.signal('SIGTERM');
    await Promise.all(workers.map((child) => child.exited));
    const slots = workers
      .flatMap((child) => child.messages.filter((said) => isSaid(said) && said.kind === 'tick'))
      .map((said) => (isSaid(said) ? Number(said.id?.split(':').at(-1)) : Number.NaN))
      .filter((slot) => slot > first && slot <= first + 20_000)
      .sort((a, b) => a - b);
    expect(slots).toEqual(Array.from({ length: 20 }, (_, n) => first + (n + 1) * 1_000));
  });
});
