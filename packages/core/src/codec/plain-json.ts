import { maxDepth, maxPayloadBytes } from './limits.ts';

const notPlain = -1;

/**
 * Whether `JSON.stringify` writes a value that `JSON.parse` reads back equal, within the limits.
 * Symbol keys and properties that are not enumerable are no data, here as in JSON.
 *
 * Every task passes here, twice, so it neither allocates nor keeps a path: whoever refuses walks again.
 */
export function isPlainJson(value: unknown): boolean {
  return roomAfter(value, maxPayloadBytes, 0) >= 0;
}

/**
 * What is left of `room` when the least that JSON needs for the value and a comma is taken off; negative when it does
 * not fit or is not plain. The bound is what ends the walk over a small graph that unfolds into a huge text.
 */
function roomAfter(value: unknown, room: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return room - value.length - 3;
    case 'number':
      return Number.isFinite(value) && (value !== 0 || 1 / value > 0) ? room - 2 : notPlain;
    case 'boolean':
      return room - 5;
    case 'object':
      if (value === null) return room - 5;
      if (depth === maxDepth) return notPlain;
      return Array.isArray(value)
        ? roomAfterList(value, room - 3, depth + 1)
        : roomAfterObject(value, room - 3, depth + 1);
    default:
      return notPlain;
  }
}

function roomAfterList(list: readonly unknown[], room: number, depth: number): number {
  if (Object.getPrototypeOf(list) !== Array.prototype) return notPlain;
  let left = room;
  // By index: a hole then reads as undefined and is refused.
  for (let index = 0; index < list.length && left >= 0; index += 1)
    left = roomAfter(list[index], left, depth);
  return left;
}

function roomAfterObject(object: object, room: number, depth: number): number {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return notPlain;
  let left = room;
  // Not Object.keys, which allocates. An inherited key is one that somebody added to Object.prototype.
  for (const key in object) {
    if (key === '__proto__') return notPlain;
    left = roomAfter((object as Readonly<Record<string, unknown>>)[key], left - key.length - 3, depth);
    if (left < 0) return left;
  }
  return left;
}

/** Whether what `JSON.parse` made may be handed on: not too deep, and no own `__proto__` for a careless merge to follow. */
export function isSafeJson(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === maxDepth) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isSafeJson(item, depth + 1)) return false;
    return true;
  }
  for (const key in value) {
    if (key === '__proto__' || !isSafeJson((value as Readonly<Record<string, unknown>>)[key], depth + 1))
      return false;
  }
  return true;
}
