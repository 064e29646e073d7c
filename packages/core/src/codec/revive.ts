import { PayloadMalformedError } from '../errors.ts';
import { readBinary } from './binary.ts';
import { buildError } from './error-copy.ts';
import { maxBigIntDigits } from './limits.ts';

export type JsonRecord = Record<string, unknown>;

/** An object as `JSON.parse` makes them; what was revived already is none. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * What a JSON value stands for. `node` is superjson's annotation: `[type]`, or `[type, annotations of what is inside]`.
 * It ends, because each level of annotations takes a step into a value whose depth is known to be bounded.
 */
export function revive(value: unknown, node: unknown): unknown {
  if (!Array.isArray(node) || node.length < 1 || node.length > 2) return malformed();
  const [type, inner]: readonly unknown[] = node;
  if (node.length === 2) reviveInside(value, inner);
  const known = typeof type === 'string' ? types.get(type) : isBinaryType(type) ? reviveBinary : undefined;
  return (known ?? malformed)(value);
}

/** Replaces parts of `value`, each named by a path of own keys from it. */
export function reviveInside(value: unknown, annotations: unknown): void {
  if (!isRecord(annotations)) malformed();
  for (const [path, node] of Object.entries(annotations)) {
    const keys = keysOf(path);
    const last = keys.pop() ?? malformed();
    const holder = keys.reduce((held: unknown, key) => partOf(held, key), value);
    const revived = revive(partOf(holder, last), node);
    // Own and there, as partOf made sure: this runs no setter and reaches no prototype.
    (holder as JsonRecord)[last] = revived;
  }
}

const listIndex = /^(?:0|[1-9]\d{0,8})$/;

function partOf(holder: unknown, key: string): unknown {
  if (Array.isArray(holder))
    return listIndex.test(key) && Number(key) < holder.length ? holder[Number(key)] : malformed();
  return isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : malformed();
}

/** Keys are joined by dots; `\.` and `\\` stand for the characters themselves, and no other escape exists. */
function keysOf(path: string): string[] {
  if (!path.includes('\\')) return path.split('.');
  const keys = [''];
  let length = 0;
  for (const [part] of path.matchAll(/\\[\\.]|[^\\.]+|\./g)) {
    length += part.length;
    if (part === '.') keys.push('');
    else keys.push(`${keys.pop()}${part.startsWith('\\') ? part.slice(1) : part}`);
  }
  return length === path.length ? keys : malformed();
}

type Revive = (value: unknown) => unknown;

const types: ReadonlyMap<string, Revive> = new Map<string, Revive>([
  ['undefined', (value) => (value === null ? undefined : malformed())],
  ['number', (value) => specialNumbers.get(value) ?? malformed()],
  ['bigint', (value) => (typeof value === 'string' && bigIntText.test(value) ? BigInt(value) : malformed())],
  ['Date', reviveDate],
  ['URL', (value) => (typeof value === 'string' ? new URL(value) : malformed())],
  ['set', (value) => (Array.isArray(value) ? new Set(value) : malformed())],
  ['map', (value) => (Array.isArray(value) && value.every(isPair) ? new Map(value) : malformed())],
  ['Error', reviveError],
]);

const specialNumbers: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

const bigIntText = new RegExp(`^-?\\d{1,${maxBigIntDigits}}$`);

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function reviveDate(value: unknown): Date {
  const date = typeof value === 'string' ? new Date(value) : malformed();
  return Number.isNaN(date.getTime()) ? malformed() : date;
}

function reviveError(value: unknown): Error {
  if (!isRecord(value)) return malformed();
  const { name, message, code = null, cause = null } = value;
  if (typeof name !== 'string' || typeof message !== 'string') return malformed();
  if (code !== null && typeof code !== 'string') return malformed();
  return buildError({ name, message, code, cause });
}

function isBinaryType(type: unknown): boolean {
  return Array.isArray(type) && type.length === 2 && type[0] === 'custom' && type[1] === 'binary';
}

function reviveBinary(value: unknown): unknown {
  return (typeof value === 'string' ? readBinary(value) : null) ?? malformed();
}

function malformed(): never {
  throw new PayloadMalformedError('the payload names a value that this codec never writes');
}
