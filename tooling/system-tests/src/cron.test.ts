import type { ChildProcess } from '@q/testkit';
import { describe, expect } from 'vitest';
import { isKind, isSaid, test } from './system.ts';

/** Slots, epoch ms, for which these processes have run the schedule, in order. */
function slotsOf(...workers: readonly ChildProcess[]): number[] {
  return workers
    .flatMap((child) => child.messages.filter((said) => isSaid(said) && said.kind === 'tick'))
    .map((said) => (isSaid(said) ? Number(said.id?.split(':').at(-1)) : Number.NaN))
    .sort((a, b) => a - b);
}

/** A slot of every second. */
function seconds(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n * 1_000);
}

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
    const slots = slotsOf(...workers).filter((slot) => slot > first && slot <= first + 20_000);
    expect(slots).toEqual(seconds(first + 1_000, 20));
  });

  test('a slot that was fired stays fired: ttl 0, Redis restarted, the next worker 90 s behind', {
    timeout: 60_000,
  }, async ({ worker, startRedis }) => {
    const server = await startRedis({ persistence: 'aof' });
    const schedule = { redis: server.url, cron: '* * * * * *', cronTtl: 0 };
    const before = await worker(schedule);
    for (let tick = 0; tick < 3; tick += 1) await before.message(isKind('tick'));
    before.signal('SIGTERM');
    await before.exited;
    await server.restart({ keepData: true });
    const behind = await worker({ ...schedule, clockSkew: -90_000 });
    for (let tick = 0; tick < 3; tick += 1) await behind.message(isKind('tick'));
    behind.signal('SIGTERM');
    await behind.exited;

    const slots = slotsOf(before, behind);
    expect(slots).toEqual([...new Set(slots)]);
    expect(slotsOf(behind)[0]).toBeGreaterThan(slotsOf(before).at(-1) ?? 0);
    const later = slotsOf(behind).slice(1);
    expect(later).toEqual(seconds(later[0] ?? 0, later.length));
    const [, at] = behind.messages.flatMap((said) =>
      isSaid(said) && said.kind === 'tick' ? [said.at ?? 0] : [],
    );
    expect((at ?? 0) - (later[0] ?? 0)).toBeLessThan(-80_000);
  });
});
