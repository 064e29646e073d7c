import { randomFillSync } from 'node:crypto';
import { encodeMoment } from './numerals.ts';

const randomPool = Buffer.allocUnsafe(4_096);
let poolOffset = randomPool.length;

/** Bytes of the pool are handed out once; a system call for every id would cost more than the rest of an enqueue. */
function takeRandom(length: number): number {
  if (poolOffset + length > randomPool.length) {
    randomFillSync(randomPool);
    poolOffset = 0;
  }
  const start = poolOffset;
  poolOffset += length;
  return start;
}

const randomLength = 13;
const wireLength = 10;

/**
 * 20 characters: the millisecond of `now` (fractions dropped), then 78 random bits. Ids sort by the millisecond they were made in,
 * which keeps logs and listings in order; nothing relies on it. Short, because an id is stored with its task, in the list that it waits
 * in and in each call that names it.
 */
export function newTaskId(now: number = Date.now()): string {
  const start = takeRandom(10);
  return (
    encodeMoment(Math.floor(now)) + randomPool.toString('base64url', start, start + 10).slice(0, randomLength)
  );
}

/** The name of a client that listens where its queue is in a Cluster, and not to what is published in all of it. */
export function atShard(client: string): string {
  return `!${client}`;
}

/** 60 random bits as 10 base64url characters: the part of a wire id that no other process can have. */
export function newWireId(): string {
  const start = takeRandom(8);
  return randomPool.toString('base64url', start, start + 8).slice(0, wireLength);
}
