import { readFile } from 'node:fs/promises';
import type { AnyHandle, Client } from '@q/client';
import { InvalidInputError } from '@q/core';
import { Hono } from 'hono';
import { ZodError } from 'zod';
import { refuseForeign } from './refuse-foreign.ts';
import { toCall } from './to-call.ts';
import { viewOf } from './view-of.ts';

const remembered = 50;

/** The routes of the backend: enqueue, watch, abort, and the page that does so. */
export function createApp(q: Client): Hono {
  const app = new Hono();
  /** Newest first; Redis knows all tasks, this backend shows those that it enqueued. */
  const recent: AnyHandle[] = [];

  app.use(refuseForeign);

  app.get('/', async (c) => c.html(await readFile(new URL('../public/index.html', import.meta.url), 'utf8')));

  app.post('/tasks', async (c) => {
    const handle = await q.send(toCall(await c.req.json()));
    recent.unshift(handle);
    recent.length = Math.min(recent.length, remembered);
    return c.json({ id: handle.id }, 201);
  });

  app.get('/tasks', async (c) => c.json(await Promise.all(recent.map(viewOf))));

  app.get('/tasks/:id', async (c) => {
    const handle = recent.find(({ id }) => id === c.req.param('id'));
    return handle === undefined ? c.notFound() : c.json(await viewOf(handle));
  });

  app.delete('/tasks/:id', async (c) => c.json({ aborted: await q.abort(c.req.param('id')) }));

  app.onError((error, c) => {
    if (error instanceof ZodError || error instanceof InvalidInputError)
      return c.json({ error: error.message, issues: error.issues }, 400);
    return c.json({ error: error.message }, error instanceof SyntaxError ? 400 : 500);
  });
  return app;
}
