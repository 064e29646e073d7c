import { serve } from '@hono/node-server';
import { createClient } from '@q/client';
import { createApp } from './app.ts';

const q = createClient({
  redis: process.env['REDIS_URL'] ?? 'redis://localhost:6379',
  queue: process.env['DEMO_QUEUE'] ?? 'demo',
});

const server = serve(
  { fetch: createApp(q).fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) },
  ({ port }) => {
    console.log(`web ready: http://127.0.0.1:${port}, process ${process.pid}`);
  },
);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => void q.close());
  });
}
