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

const hexDigits = Buffer.from('0123456789abcdef');
/** The next id is spelled here and read out once: a text made of slices would keep all of its parts in memory. */
const spelled = Buffer.from('00000000-0000-7000-8000-000000000000');
let spelledTime = Number.NaN;

/** The low bits of `value` as hex digits that end before `end`. */
function spell(value: number, end: number, digits: number): void {
  let rest = value;
  for (let at = end - 1; at >= end - digits; at -= 1) {
    spelled[at] = hexDigits[rest & 15] ?? 0;
    rest >>>= 4;
  }
}

function spellTime(now: number): void {
  if (now === spelledTime) return;
  spelledTime = now;
  spell(Math.floor(now / 0x1_0000), 8, 8);
  spell(now % 0x1_0000, 13, 4);
}

/**
 * A UUIDv7: 48 bits of `now` (epoch ms, fractions dropped), then 74 random bits. Ids sort by the millisecond they were made in, which
 * keeps logs and listings in order; nothing relies on it.
 */
export function newTaskId(now: number = Date.now()): string {
  const start = takeRandom(10);
  spellTime(Math.floor(now));
  spell(randomPool.readUInt16BE(start), 18, 3);
  spell(0x8000 | (randomPool.readUInt16BE(start + 2) & 0x3fff), 23, 4);
  spell(randomPool.readUInt32BE(start + 4), 32, 8);
  spell(randomPool.readUInt16BE(start + 8), 36, 4);
  return spelled.toString('latin1');
}

/** 96 random bits as 16 base64url characters: the part of a wire id that no other process can have. */
export function newWireId(): string {
  const start = takeRandom(12);
  return randomPool.toString('base64url', start, start + 12);
}
