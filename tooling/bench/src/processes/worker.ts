import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Figures } from '../messages.ts';
import { monotonicMicros } from '../monotonic-micros.ts';
import type { Payload } from '../payload.ts';
import { percentile } from '../statistics.ts';
import type { RunningWorker } from '../system.ts';
import { isSystemName, loadSystem } from '../systems.ts';
import { collectGarbage, say, serve } from './serve.ts';

/** Often enough to see where a drain begins, seldom enough to cost nothing. */
const reportEvery = 500;
const reportInterval = 10;
/** Ms between two collections of garbage: finalizers run in between. */
const settling = 50;

const name = process.argv[2];
if (!isSystemName(name)) throw new Error(`"${name}" is not a system`);
const system = await loadSystem(name);
let worker: RunningWorker | undefined;
let latencies: number[] = [];
let handled = 0;
let reported = 0;
let firstAt = 0;
let lastAt = 0;

function report(): void {
  if (reported === handled) return;
  reported = handled;
  say({ kind: 'progress', handled, firstAt, lastAt });
}

function handle({ sleep: ms, sentAt }: Payload): void | Promise<void> {
  if (firstAt === 0) firstAt = monotonicMicros();
  if (ms > 0) return sleep(ms).then(() => finish(sentAt));
  finish(sentAt);
}

function finish(sentAt: number): void {
  lastAt = monotonicMicros();
  handled += 1;
  if (sentAt > 0) latencies.push(lastAt - sentAt);
  if (handled - reported >= reportEvery) report();
}

function takeLatencies(): Figures {
  const taken = latencies;
  latencies = [];
  return { count: taken.length, p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
}

async function open({ place, concurrency, prefetch }: Extract<Command, { kind: 'open' }>): Promise<Figures> {
  takeLatencies();
  handled = reported = firstAt = lastAt = 0;
  worker = await system.openWorker(place, { concurrency, prefetch, handle });
  return {};
}

async function perform(command: Command): Promise<Figures> {
  switch (command.kind) {
    case 'open':
      return open(command);
    case 'latencies':
      return takeLatencies();
    case 'heap':
      collectGarbage();
      await sleep(settling);
      collectGarbage();
      return { bytes: process.memoryUsage().heapUsed };
    case 'close':
      await worker?.stop();
      worker = undefined;
      // Nothing of this drain is to arrive in the next.
      report();
      return { handled };
    case 'enqueue':
    case 'sequence':
    case 'round-trips':
    case 'open-loop':
    case 'crowd':
    case 'unfinished':
    case 'exit':
      throw new Error(`a worker does not know "${command.kind}"`);
  }
}

setInterval(report, reportInterval).unref();
serve(perform);
