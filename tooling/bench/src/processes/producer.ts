import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Figures } from '../messages.ts';
import { monotonicMicros } from '../monotonic-micros.ts';
import { createPayload, type Payload } from '../payload.ts';
import { percentile } from '../statistics.ts';
import type { Producer } from '../system.ts';
import { isSystemName, loadSystem } from '../systems.ts';
import { collectGarbage, serve } from './serve.ts';

const usualBytes = 100;
/** A bulk call of a program that has a lot to send. */
const bulkSize = 5_000;

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
      collectGarbage();
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
    case 'close':
      await producer?.close();
      producer = undefined;
      return {};
    case 'latencies':
    case 'exit':
      throw new Error(`a producer does not know "${command.kind}"`);
  }
}

async function enqueue({
  how,
  count,
  bytes,
  sleep: ms,
}: Extract<Command, { kind: 'enqueue' }>): Promise<Figures> {
  const { enqueue: enqueueOne, enqueueMany } = opened();
  const payloads = Array.from({ length: count }, () => createPayload(bytes, { sleep: ms }));
  const startedAt = monotonicMicros();
  if (how === 'each') await Promise.all(payloads.map(enqueueOne));
  else for (let at = 0; at < count; at += bulkSize) await enqueueMany(payloads.slice(at, at + bulkSize));
  return { micros: monotonicMicros() - startedAt };
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
