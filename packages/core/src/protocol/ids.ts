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

/**
 * A UUIDv7: 48 bits of `now` (epoch ms, fractions dropped), then 74 random bits. Ids sort by the millisecond they were made in, which
 * keeps logs and listings in order; nothing relies on it.
 */
export function newTaskId(now: number = Date.now()): string {
  const start = takeRandom(10);
  const time = Math.floor(now).toString(16).padStart(12, '0');
  const random = randomPool.toString('hex', start, start + 10);
  const variant = '89ab'.charAt(Number.parseInt(random.charAt(3), 16) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** 96 random bits as 16 base64url characters: the part of a wire id that no other process can have. */
export function newWireId(): string {
  const start = takeRandom(12);
  return randomPool.toString('base64url', start, start + 12);
}
