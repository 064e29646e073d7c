import { setTimeout as sleep } from 'node:timers/promises';
import { openAddressIn } from '@q/testkit/address';
import { createWorker, Retry, type TaskContext } from '@q/worker';
import { Piscina } from 'piscina';
import * as tasks from './contract.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const say = (message: object): void => {
  process.send?.(message);
};

const opened = openAddressIn(settings.redis);
const worker = createWorker({
  redis: opened.redis,
  queue: settings.queue,
  id: settings.id,
  concurrency: settings.concurrency,
  lease: settings.lease,
  gracePeriod: settings.gracePeriod,
  tz: settings.tz,
  async *lifespan() {
    const pool = new Piscina({
      filename: new URL('./sync-sleep.js', import.meta.url).href,
      name: 'syncSleep',
      maxThreads: 2,
    });
    say({ kind: 'lifespan up' });
    try {
      yield { pool };
    } finally {
      await pool.destroy();
      say({ kind: 'lifespan down' });
    }
  },
});

worker.handle(tasks.sleeper, async (ctx, seconds) => {
  say({ kind: 'started', id: ctx.id });
  await ctx.sleep(seconds * 1000);
  return seconds;
});
worker.handle(tasks.retrying, (ctx) => {
  say({ kind: 'try', id: ctx.id, tries: ctx.tries, at: Date.now() });
  if (ctx.tries < 3) throw new Retry('Retrying!');
  return true;
});
worker.handle(tasks.retryingSoon, (ctx) => {
  if (ctx.tries < 3) throw new Retry('Retrying!', { delay: 10 });
  return true;
});
worker.handle(tasks.hopeless, (ctx) => {
  throw new Retry(`try ${ctx.tries}`, { delay: 0, cause: new Error('no luck') });
});
worker.handle(tasks.hopelessTwice, (ctx) => {
  throw new Retry(`try ${ctx.tries}`, { delay: 0 });
});
worker.handle(tasks.failing, (_ctx, message) => {
  throw new RangeError(message);
});
worker.handle(tasks.deaf, async (_ctx, ms) => {
  await sleep(ms);
  return 'too late';
});
worker.handle(tasks.unlimited, async (_ctx, ms) => {
  await sleep(ms);
  return 'in its own time';
});
worker.handle(tasks.keptForEver, () => 1);
worker.handle(tasks.keptShort, () => 1);
worker.handle(tasks.notKept, () => 1);
worker.handle(tasks.lonely, async (ctx, ms) => {
  say({ kind: 'started', id: ctx.id });
  await ctx.sleep(ms);
  return ctx.id;
});
worker.handle(tasks.sociable, async (ctx, ms) => {
  say({ kind: 'started', id: ctx.id });
  await ctx.sleep(ms);
  return ctx.id;
});
worker.handle(tasks.doWork, (ctx, ms) => ctx.deps.pool.run(ms));
worker.handle(tasks.hangsOnce, async (ctx, n) => {
  say({ kind: 'started', id: ctx.id, attempt: ctx.attempt, tries: ctx.tries });
  if (ctx.attempt === 1) await ctx.sleep('10m');
  say({ kind: 'finished', id: ctx.id });
  return n;
});
worker.handle(tasks.whoRan, async (ctx, ms) => {
  say({ kind: 'started', id: ctx.id, attempt: ctx.attempt, tries: ctx.tries });
  await ctx.sleep(ms);
  return { worker: ctx.workerId, tries: ctx.tries, attempt: ctx.attempt };
});
worker.handle(tasks.noop, (_ctx, n) => n);
if (settings.cron !== '') {
  const tick = async (ctx: TaskContext<unknown>): Promise<void> => {
    say({ kind: 'tick', id: ctx.id, at: Date.now() });
    if (settings.cronLasts > 0) await ctx.sleep(settings.cronLasts);
  };
  worker.cron(settings.cron, 'tick', tick, { ttl: settings.cronTtl });
}

process.on('message', (message) => {
  if (message === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settings.lease * 3);
});
process.channel?.unref();
const running = worker.run();
say({ kind: 'running' });
await running;
opened.close();
say({ kind: 'ended' });
process.disconnect?.();
