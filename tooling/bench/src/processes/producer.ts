import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, EnqueueWay, Figures } from '../messages.ts';
import { monotonicMicros } from '../monotonic-micros.ts';
import { createPayload, type Payload } from '../payload.ts';
import { percentile } from '../statistics.ts';
import type { Producer } from '../system.ts';
import { isSystemName, loadSystem } from '../systems.ts';
import { serve } from './serve.ts';

const usualBytes = 100;
/** A bulk call of a program that has a lot to send. */
const bulkSize = 5_000;
/** Prepared before the clock starts, and at once under way when they are sent one by one. */
const mostPayloads = 10_000;
/** Ms from now at which a task that is to wait becomes due: long after the round. */
const muchLater = 3_600_000;

const name = process.argv[2];
if (!isSystemName(name)) throw new Error(`"${name}" is not a system`);
const system = await loadSystem(name);
let producer: Producer | undefined;

function opened(): Producer {
  if (producer === undefined) throw new Error('the producer is not open');
  return producer;
}

async function perform(command: Command): Promise<Figures> {
  switch (command.kind) {
    case 'open':
      producer = await system.openProducer(command.place);
      return {};
    case 'enqueue':
      return enqueue(command);
    case 'sequence':
      return oneAfterAnother(command.count, opened().enqueue);
    case 'round-trips':
      return oneAfterAnother(command.count, opened().roundTrip);
    case 'open-loop':
      return openLoop(command.rate, command.seconds);
    case 'crowd':
      await opened().crowd(command.count);
      return {};
    case 'unfinished':
      return { unfinished: await opened().unfinished() };
    case 'close':
      await producer?.close();
      producer = undefined;
      return {};
    case 'latencies':
    case 'heap':
    case 'exit':
      throw new Error(`a producer does not know "${command.kind}"`);
  }
}

async function enqueue({
  how,
  count,
  bytes = usualBytes,
  sleep: ms = 0,
  limit = Number.POSITIVE_INFINITY,
}: Extract<Command, { kind: 'enqueue' }>): Promise<Figures> {
  const payload = createPayload(bytes, { sleep: ms });
  const payloads = Array.from({ length: Math.min(count, mostPayloads) }, () => ({ ...payload }));
  const startedAt = monotonicMicros();
  let sent = 0;
  while (sent < count && monotonicMicros() - startedAt < limit * 1_000) {
    const part = payloads.slice(0, count - sent);
    await send(how, part);
    sent += part.length;
  }
  return { micros: monotonicMicros() - startedAt, sent };
}

async function send(how: EnqueueWay, payloads: readonly Payload[]): Promise<void> {
  const { enqueue: enqueueOne, enqueueMany, enqueueLater, enqueueBrief } = opened();
  switch (how) {
    case 'each':
      await Promise.all(payloads.map(enqueueOne));
      return;
    case 'bulk':
      for (const batch of batchesOf(payloads)) await enqueueMany(batch);
      return;
    case 'later':
      for (const batch of batchesOf(payloads)) await enqueueLater(batch, muchLater);
      return;
    case 'brief':
      for (const batch of batchesOf(payloads)) await enqueueBrief(batch);
  }
}

function batchesOf(payloads: readonly Payload[]): readonly (readonly Payload[])[] {
  const count = Math.ceil(payloads.length / bulkSize);
  return Array.from({ length: count }, (_, at) => payloads.slice(at * bulkSize, (at + 1) * bulkSize));
}

async function oneAfterAnother(
  count: number,
  act: (payload: Payload) => PromiseLike<unknown>,
): Promise<Figures> {
  const latencies: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const startedAt = monotonicMicros();
    await act(createPayload(usualBytes));
    latencies.push(monotonicMicros() - startedAt);
  }
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** Sends on schedule, whether or not what was sent before has arrived. */
async function openLoop(rate: number, seconds: number): Promise<Figures> {
  const total = rate * seconds;
  const startedAt = monotonicMicros();
  let sent = 0;
  let mostWaiting = 0;
  const waiting = new Set<PromiseLike<unknown>>();
  while (sent < total) {
    const due = Math.min(total, Math.ceil(((monotonicMicros() - startedAt) * rate) / 1_000_000));
    for (; sent < due; sent += 1) {
      const arrived = Promise.resolve(
        opened().enqueue(createPayload(usualBytes, { sentAt: monotonicMicros() })),
      );
      waiting.add(arrived);
      void arrived.then(() => waiting.delete(arrived));
    }
    mostWaiting = Math.max(mostWaiting, waiting.size);
    await sleep(1);
  }
  await Promise.all(waiting);
  return { sent, mostWaiting, micros: monotonicMicros() - startedAt };
}

serve(perform);
