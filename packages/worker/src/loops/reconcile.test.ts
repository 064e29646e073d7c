import { openRedisPort, type RedisPort } from '@q/client/port';
import { defaultTtl, encodeTaskValue, enqueue, join, newTaskId, newWireId, step } from '@q/core/wire';
import { test as base } from '@q/testkit';
import { describe, expect } from 'vitest';
import { stderrLogger } from '../log.ts';
import { reconcilePass } from './reconcile.ts';

interface Comparing {
  readonly port: RedisPort;
  readonly worker: string;
  /** Claims this many new tasks; answers their ids. */
  readonly claim: (count: number) => Promise<string[]>;
  /** What the worker believes that it holds; tests change it. */
  readonly known: Map<string, number>;
  /** Unique runs that have ended and not returned. */
  readonly open: Set<string>;
  readonly pass: () => Promise<number>;
  readonly reports: string[];
}

const lease = 30_000;

const test = base.extend<{ comparing: Comparing }>({
  comparing: async ({ source, queueName }, use) => {
    const port = openRedisPort({ redis: source, queue: queueName(), purpose: 'test' });
    const worker = `test~${newWireId()}`;
    await port.run(join, { worker, info: '{}', lease });
    await use(compareAs(worker, port));
    await port.close();
  },
});

function compareAs(worker: string, port: RedisPort): Comparing {
  const known = new Map<string, number>();
  const open = new Set<string>();
  const reports: string[] = [];
  const loop = reconcilePass({
    port,
    worker,
    lease,
    inFlight: {
      has: (id, claim) => known.get(id) === claim,
      ids: () => [...known].map(([id, claim]) => ({ id, claim })),
    },
    onUnknown: (id, claim) => reports.push(`unknown ${id} ${claim}`),
    onMissing: (id) => reports.push(`missing ${id}`),
    isOpen: (id) => open.has(id),
    onKept: ({ lock, id, claim }) => reports.push(`kept ${lock} ${id} ${claim}`),
    onLapsed: () => reports.push('lapsed'),
    log: stderrLogger,
  });
  let acked = 0;
  const claim = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => newTaskId());
    await enqueueAll(port, ids);
    const input = {
      worker,
      lease,
      acked,
      want: count,
      holdsSuspect: false,
      tend: false,
      finished: [],
      finishedInParts: [],
      settles: [],
    };
    const reply = await port.run(step, { ...input, listens: 'none' });
    if (reply.claim.kind !== 'claimed') throw new Error(`the claim answered ${reply.claim.kind}`);
    acked = reply.claim.number;
    for (const { id } of reply.claim.deliveries) known.set(id, acked);
    return ids;
  };
  return { port, worker, claim, known, open, reports, pass: () => loop.pass(new AbortController().signal) };
}

async function enqueueAll(port: RedisPort, ids: readonly string[]): Promise<void> {
  const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: defaultTtl } as const;
  const facts = { name: 'test', createdAt: 1, enqueuedAt: 1, headers: {}, codec: '' };
  const items = ids.map((id) => ({
    id,
    value: encodeTaskValue(header, facts, '[]'),
    nonce: '',
    start: { kind: 'now' } as const,
  }));
  await port.run(enqueue, { notAfter: Number.MAX_SAFE_INTEGER, items });
}

describe('reconcilePass', () => {
  test('says nothing while Redis and the worker agree', async ({ comparing }) => {
    await comparing.claim(3);
    await comparing.claim(2);
    await comparing.pass();
    await comparing.pass();
    expect(comparing.reports).toEqual([]);
  });

  test('compares once per lease, a tenth more or less', async ({ comparing }) => {
    const rest = await comparing.pass();
    expect(rest).toBeGreaterThanOrEqual(0.9 * lease);
    expect(rest).toBeLessThanOrEqual(1.1 * lease);
  });

  test('a task that Redis says is held here and nobody here knows is reported at the second sight', async ({
    comparing,
  }) => {
    await comparing.claim(2);
    const [lost = ''] = await comparing.claim(1);
    comparing.known.delete(lost);
    await comparing.pass();
    expect(comparing.reports).toEqual([]);
    await comparing.pass();
    expect(comparing.reports).toEqual([`unknown ${lost} 2`]);
  });

  test('a task whose delivery arrives between two comparisons is not reported', async ({ comparing }) => {
    const [late = ''] = await comparing.claim(1);
    comparing.known.delete(late);
    await comparing.pass();
    comparing.known.set(late, 1);
    await comparing.pass();
    expect(comparing.reports).toEqual([]);
  });

  test('a task held under another claim number than the worker believes is both unknown and missing', async ({
    comparing,
  }) => {
    const [id = ''] = await comparing.claim(1);
    comparing.known.set(id, 7);
    await comparing.pass();
    await comparing.pass();
    expect(comparing.reports).toEqual([`unknown ${id} 1`, `missing ${id}`]);
  });

  test('a task that runs here and is not held in Redis is reported at the second sight', async ({
    comparing,
    redis,
  }) => {
    const [kept = '', gone = ''] = await comparing.claim(2);
    await redis.hdel(comparing.port.keys.running, gone);
    await comparing.pass();
    expect(comparing.reports).toEqual([]);
    await comparing.pass();
    expect(comparing.reports).toEqual([`missing ${gone}`]);
    expect(comparing.known.has(kept)).toBe(true);
  });

  test('a task that is settled while the question is on its way is not reported', async ({
    comparing,
    redis,
  }) => {
    const [gone = ''] = await comparing.claim(1);
    await redis.hdel(comparing.port.keys.running, gone);
    for (let round = 0; round < 2; round += 1) {
      comparing.known.set(gone, 1);
      const passing = comparing.pass();
      comparing.known.delete(gone);
      await passing;
    }
    expect(comparing.reports).toEqual([]);
  });

  test('a lock that is kept of a run that has returned is reported at the second sight, and not before', async ({
    comparing,
    redis,
  }) => {
    const { port, worker, open, pass, reports } = comparing;
    await redis.hset(port.keys.unique, 'lock', `a,${worker}|3,${Date.now()}`);
    open.add('a');
    await pass();
    await pass();
    open.delete('a');
    await pass();
    expect(reports).toEqual([]);
    await pass();
    expect(reports).toEqual(['kept lock a 3']);
  });

  test('a worker that Redis does not know has lapsed', async ({ comparing, redis }) => {
    await redis.zrem(comparing.port.keys.workers, comparing.worker);
    await comparing.pass();
    expect(comparing.reports).toEqual(['lapsed']);
  });
});
