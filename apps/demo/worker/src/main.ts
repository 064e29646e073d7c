import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { countPrimes, countWords, retrying, sleeper } from '@q/demo-contracts';
import { createWorker, Retry } from '@q/worker';
import { Piscina } from 'piscina';
import { measureLoopDelay } from './measure-loop-delay.ts';
import { requireInside } from './require-inside.ts';

const folder = resolve(process.env['DEMO_FOLDER'] ?? '.');

const worker = createWorker({
  redis: process.env['REDIS_URL'] ?? 'redis://localhost:6379',
  queue: process.env['DEMO_QUEUE'] ?? 'demo',
  tz: 'UTC',
  async *lifespan() {
    const pool = new Piscina({
      filename: new URL('./in-thread.js', import.meta.url).href,
      maxThreads: availableParallelism(),
    });
    console.log(`worker ready: ${pool.options.maxThreads} threads, process ${process.pid}`);
    try {
      yield { pool };
    } finally {
      await pool.destroy();
      console.log('worker done: the pool is closed');
    }
  },
});

worker.handle(sleeper, async (ctx, seconds) => {
  await ctx.sleep(seconds * 1_000);
  return seconds;
});

worker.handle(retrying, (ctx) => {
  if (ctx.tries < 3) throw new Retry('Retrying!');
  return true;
});

worker.handle(countWords, async (ctx, { file }) => {
  const counted = await ctx.deps.pool.run(await requireInside(folder, file), {
    name: 'countWords',
    signal: ctx.signal,
  });
  if (counted === null) throw ctx.fail('NotText', { file });
  return counted;
});

worker.handle(countPrimes, async (ctx, { below }) => {
  const startedAt = performance.now();
  const { value, longestMs } = await measureLoopDelay(() =>
    ctx.deps.pool.run(below, { name: 'countPrimes', signal: ctx.signal }),
  );
  return { primes: value, ms: Math.round(performance.now() - startedAt), longestLoopDelayMs: longestMs };
});

worker.cron(process.env['DEMO_CRON'] ?? '0 * * * * *', 'clock', (ctx) => {
  console.log(`cron ${ctx.id} ran at ${new Date().toISOString()}`);
});

await worker.run();
