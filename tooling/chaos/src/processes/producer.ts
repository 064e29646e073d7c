import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@q/client';
import { openAddress } from '@q/dev-redis';
import type { Expectation } from '../ledger/entry.ts';
import { openLedger } from '../ledger/ledger.ts';
import { type Order, ordersOf } from '../storm/mix.ts';
import { createProducer } from '../workload/producer.ts';
import { endWithParent, say } from './say.ts';
import { readProducerSettings } from './settings.ts';

const settings = readProducerSettings();
const { seat, ids, seed, chunks, chunkSize, interval, beginAt } = settings;
const ledger = openLedger(settings.ledgers, settings.name);
const opened = openAddress(settings.redis);
const client = createClient({
  redis: opened.redis,
  queue: settings.queue,
  durability: settings.replicas > 0 ? { replicas: settings.replicas } : null,
});
const producer = createProducer({ client, ledger, patience: settings.patience });
const open = new Set<Promise<void>>();

endWithParent();
say({ kind: 'running' });
for (let chunk = firstMissing(); chunk < chunks; chunk += 1) {
  await sleep(Math.max(0, beginAt + chunk * interval - Date.now()));
  const orders = ordersOf({ seed, name: ids, chunk, size: chunkSize });
  follow(enqueueAll(orders).then(() => followAll(orders)));
}
while (open.size > 0) await Promise.all(open);
await client.close();
opened.close();
process.disconnect?.();

/** The chunk that its predecessor, which was killed, had not been acknowledged of, and all after it. */
function firstMissing(): number {
  const acknowledged = new Set<string>();
  for (const name of readdirSync(settings.ledgers)) {
    if (!name.startsWith(`${seat}.`) || name === `${settings.name}.jsonl`) continue;
    const text = readFileSync(join(settings.ledgers, name), 'utf8');
    for (const [, id = ''] of text.matchAll(/"kind":"acknowledged","ids":\["([^"]+)"/g)) acknowledged.add(id);
  }
  const isThere = (chunk: number): boolean =>
    chunkFirsts(ordersOf({ seed, name: ids, chunk, size: chunkSize })).every((id) => acknowledged.has(id));
  let first = 0;
  while (first < chunks && isThere(first)) first += 1;
  return first;
}

/** One batch for each expectation: a ledger says one of each. */
function batchesOf(orders: readonly Order[]): ReadonlyMap<Expectation, readonly Order[]> {
  const batches = new Map<Expectation, Order[]>();
  for (const order of orders) {
    const batch = batches.get(order.expect);
    if (batch === undefined) batches.set(order.expect, [order]);
    else batch.push(order);
  }
  return batches;
}

function chunkFirsts(orders: readonly Order[]): readonly string[] {
  return [...batchesOf(orders).values()].map((batch) => batch[0]?.call.options.id ?? '');
}

async function enqueueAll(orders: readonly Order[]): Promise<void> {
  const batches = [...batchesOf(orders)];
  await Promise.all(
    batches.map(([expect, batch]) =>
      producer.enqueue(
        batch.map((order) => order.call),
        expect,
      ),
    ),
  );
}

async function look({ call, isAwaited, abortAfter }: Order): Promise<void> {
  const seen = isAwaited ? producer.result(call) : Promise.resolve();
  if (abortAfter !== null) {
    await sleep(abortAfter);
    await producer.abort(call);
  }
  await seen;
}

function followAll(orders: readonly Order[]): void {
  for (const order of orders) follow(look(order));
}

function follow(work: Promise<void>): void {
  const followed = work.finally(() => open.delete(followed));
  open.add(followed);
}
