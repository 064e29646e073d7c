import { randomBytes } from 'node:crypto';
import { queuePatterns } from '@q/core/wire';
import { ensureRedis, orExit, removeKeys } from '@q/dev-redis';
import { type Service, startService } from './service.ts';

/** Redis, the worker process and the web backend process. */
export interface System {
  readonly redis: string;
  readonly queue: string;
  readonly worker: Service;
  readonly web: Service;
  readonly webUrl: string;
  /**
   * Stops all of it, the processes first, and leaves nothing behind in Redis. @throws TourError unless both processes end with exit
   * code 0.
   */
  stop(): Promise<void>;
}

export interface SystemOptions {
  /** Whose files the worker reads. */
  readonly folder: string;
  /** Of the web backend; 0 for a free one. */
  readonly port: number;
  /** When the worker's cron runs. */
  readonly cron: string;
  readonly onLine?: (line: string) => void;
}

export async function startSystem({ folder, port, cron, onLine }: SystemOptions): Promise<System> {
  const redis = await orExit(ensureRedis({ purpose: 'demo' }));
  // A queue of its own: a server of REDIS_URL may hold other things.
  const queue = `demo-${randomBytes(4).toString('hex')}`;
  const env = { REDIS_URL: redis.url, DEMO_QUEUE: queue };
  const services: Service[] = [];
  const start = (name: string, entry: string, extra: Readonly<Record<string, string>>): Service => {
    const service = startService({
      name,
      entry,
      env: { ...env, ...extra },
      onLine: onLine && ((line) => onLine(`${name} | ${line}`)),
    });
    services.push(service);
    return service;
  };
  const stop = async (): Promise<void> => {
    const ends = await Promise.allSettled(services.map((service) => service.stop()));
    ends.push(...(await Promise.allSettled([removeKeys(redis.url, queuePatterns(queue).keys)])));
    await redis.stop();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  try {
    const worker = start('worker', import.meta.resolve('@q/demo-worker'), {
      DEMO_FOLDER: folder,
      DEMO_CRON: cron,
    });
    const web = start('web', import.meta.resolve('@q/demo-web'), { PORT: String(port) });
    const [webLine] = await Promise.all([web.line(/^web ready: /), worker.line(/^worker ready: /)]);
    return { redis: redis.url, queue, worker, web, webUrl: /http:\S+\d/.exec(webLine)?.[0] ?? '', stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
