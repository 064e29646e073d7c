import { randomFillSync } from 'node:crypto';

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

/** In the order of their codes, so that what stands for a later time sorts later. */
const digits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const timeLength = 7;
const randomLength = 13;

let timeOfPrefix = Number.NaN;
let timePrefix = '';

/** 42 bits of epoch ms, the last of them in the year 2109. */
function prefixOf(now: number): string {
  if (now === timeOfPrefix) return timePrefix;
  let prefix = '';
  for (let rest = now; prefix.length < timeLength; rest = Math.floor(rest / 64)) {
    prefix = digits.charAt(rest % 64) + prefix;
  }
  timeOfPrefix = now;
  timePrefix = prefix;
  return prefix;
}

/**
 * 20 characters: the millisecond of `now` (fractions dropped), then 78 random bits. Ids sort by the millisecond they were made in,
 * which keeps logs and listings in order; nothing relies on it. Short, because an id is stored with its task, in the list that it waits
 * in and in each call that names it.
 */
export function newTaskId(now: number = Date.now()): string {
  const start = takeRandom(10);
  return (
    prefixOf(Math.floor(now)) + randomPool.toString('base64url', start, start + 10).slice(0, randomLength)
  );
}

/** The name of a client that listens where its queue is in a Cluster, and not to what is published in all of it. */
export function atShard(client: string): string {
  return `!${client}`;
}

/** 72 random bits as 12 base64url characters: the part of a wire id that no other process can have. */
export function newWireId(): string {
  const start = takeRandom(9);
  return randomPool.toString('base64url', start, start + 9);
}
