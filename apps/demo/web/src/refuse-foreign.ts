import type { Context, Next } from 'hono';

const local = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

/** Pages of other sites run in the same browser: they may neither name this server otherwise nor post forms to it. */
export async function refuseForeign(c: Context, next: Next): Promise<Response | undefined> {
  if (!local.test(c.req.header('host') ?? ''))
    return c.json({ error: 'this server answers to 127.0.0.1 and localhost only' }, 403);
  if (c.req.method === 'POST' && !c.req.header('content-type')?.startsWith('application/json')) {
    return c.json({ error: 'send application/json' }, 415);
  }
  await next();
  return undefined;
}
