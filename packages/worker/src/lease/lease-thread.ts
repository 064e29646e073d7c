import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { LeaseOrder, LeaseReport } from './lease-order.ts';
import type { ScriptCall } from './script-call.ts';
import { sharedNow } from './shared-clock.ts';
import { type Silence, silenceAfter } from './silence.ts';
import { StartBoard } from './start-board.ts';
import { openThreadConnection } from './thread-connection.ts';

/**
 * Entry of the thread that renews a worker's lease, so that a handler which blocks the main loop does not lose
 * its task, and hands back what that loop has claimed and cannot begin. It has a connection of its own, made here
 * because a connection cannot be handed to a thread. Of the lease it decides nothing: every answer goes to the main loop
 * as it came.
 */

const order: LeaseOrder = workerData;
const beats = new Int32Array(order.beats);
const board = new StartBoard(order.board);
/** Ms between two looks at the main loop; one that shows no life in two of them is blocked. */
const lookEvery = 200;

const redis = openThreadConnection(order);
let wake = new AbortController();
let reconnected = false;
let isStopped = false;

redis.on('error', (error: Error) => report({ kind: 'failed', reason: error.message }));
redis.on('ready', () => wake.abort());
redis.on('close', () => {
  reconnected = true;
});
// Ends by itself: to terminate a thread from outside can end the whole process when it has only just begun.
parentPort?.once('message', () => {
  isStopped = true;
  redis.disconnect();
  clearInterval(look);
  wake.abort();
});
const look = watchForBlocks();
await renewUntilStopped();

async function renewUntilStopped(): Promise<void> {
  let silence: Silence = { beats: Atomics.load(beats, 0), silentFor: 0 };
  while (!isStopped) {
    const begunAt = sharedNow();
    const rest = silence.silentFor > order.maxBlock ? order.interval : await renewOnce();
    await sleep(rest, undefined, { signal: wake.signal }).catch(spreadHerd);
    silence = silenceAfter(silence, Atomics.load(beats, 0), sharedNow() - begunAt, order.interval);
  }
}

/** Woken because the connection is there. After a restart of Redis all workers are, at the same moment. */
async function spreadHerd(): Promise<void> {
  if (isStopped) return;
  wake = new AbortController();
  const { signal } = wake;
  if (reconnected)
    await sleep(between(0, Math.min(1_000, order.interval / 4)), undefined, { signal }).catch(
      () => undefined,
    );
  reconnected = false;
}

/** Answers how long to rest. */
async function renewOnce(): Promise<number> {
  if (redis.status !== 'ready') return order.interval;
  const sentAt = sharedNow();
  try {
    report({ kind: 'answered', raw: await evaluate(order.renewal), sentAt });
    return order.interval * between(0.85, 1);
  } catch (error) {
    reportFailure(error);
    return Math.min(1_000, order.interval / 3) * between(0.5, 1);
  }
}

function watchForBlocks(): NodeJS.Timeout {
  let seen = Atomics.load(beats, 0);
  let looks = 0;
  return setInterval(() => {
    const now = Atomics.load(beats, 0);
    looks = now === seen ? looks + 1 : 0;
    seen = now;
    if (looks === 2) void handBack().catch(reportFailure);
  }, lookEvery);
}

/** Loaded when it is needed for the first time: few workers ever block. */
async function handBack(): Promise<void> {
  const { handBackUnstarted } = await import('./hand-back.ts');
  await handBackUnstarted(order, board, evaluate);
}

async function evaluate({ sha1, source, args }: ScriptCall): Promise<unknown> {
  try {
    return await redis.call('EVALSHA', sha1, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.call('EVAL', source, ...args);
  }
}

function reportFailure(error: unknown): void {
  report({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
}

function report(facts: LeaseReport): void {
  parentPort?.postMessage(facts);
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}
