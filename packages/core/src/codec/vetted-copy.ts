import { PayloadNotEncodableError } from '../errors.ts';
import { isBinary } from './binary.ts';
import { copyOfError, isErrorLike } from './error-copy.ts';
import { maxBigIntDigits } from './limits.ts';
import { at, inside, keyStep, newWalk, pathOf, refuse, spend, type Walk } from './walk.ts';

export interface Vetted {
  /** Nothing in it runs user code: no getter, no proxy, no `toJSON`, no class of the user's. */
  readonly copy: unknown;
  readonly isPlain: boolean;
  /** Where a key stands that cannot travel unless all is plain JSON; `null` when there is none. */
  readonly reservedAt: string | null;
}

/**
 * A copy that holds only what can travel, everything read once. What would not arrive as it was sent is refused with
 * its path.
 *
 * @throws PayloadNotEncodableError also for what a getter or a proxy throws, as the cause.
 * @throws PayloadTooLargeError when even the least possible text is too large.
 */
export function vettedCopy(value: unknown): Vetted {
  const walk = newWalk();
  try {
    return { copy: copyOf(value, walk), isPlain: walk.isPlain, reservedAt: walk.reservedAt };
  } catch (error) {
    // By identity: asking what a stranger's error is may run the stranger's code.
    if (walk.refusal !== null && error === walk.refusal) throw walk.refusal;
    throw new PayloadNotEncodableError(pathOf(walk), 'reading it threw; see the cause', { cause: error });
  }
}

function copyOf(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      spend(walk, value.length + 3);
      return value;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) walk.isPlain = false;
      spend(walk, 2);
      return value;
    case 'boolean':
      spend(walk, 5);
      return value;
    case 'undefined':
      walk.isPlain = false;
      spend(walk, 5);
      return value;
    case 'bigint':
      return vettedBigInt(value, walk);
    case 'symbol':
      return refuse(walk, 'a symbol means nothing in another process; pass a text');
    case 'function':
      return refuse(walk, 'a function cannot travel; pass the data it would use');
    case 'object':
      if (value !== null) return copyOfObject(value, walk);
      spend(walk, 5);
      return null;
  }
}

const bigIntLimit = 10n ** BigInt(maxBigIntDigits);

function vettedBigInt(value: bigint, walk: Walk): bigint {
  // Compared, not printed: printing takes time that grows faster than the length.
  if (value >= bigIntLimit || value <= -bigIntLimit)
    refuse(walk, `a BigInt of more than ${maxBigIntDigits} digits; pass a text`);
  walk.isPlain = false;
  spend(walk, value.toString().length + 3);
  return value;
}

function copyOfObject(value: object, walk: Walk): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) && isListPrototype(prototype)) return copyOfList(value, walk);
  if (isPlainPrototype(prototype)) return copyOfRecord(value as Readonly<Record<string, unknown>>, walk);
  walk.isPlain = false;
  if (prototype === Date.prototype) return copyOfDate(value as Date, walk);
  if (prototype === Map.prototype) return copyOfMap(value as ReadonlyMap<unknown, unknown>, walk);
  if (prototype === Set.prototype) return copyOfSet(value as ReadonlySet<unknown>, walk);
  if (prototype === URL.prototype) return copyOfUrl(value as URL, walk);
  if (isBinary(value)) {
    spend(walk, Math.ceil(value.byteLength / 3) * 4 + 3);
    return value;
  }
  if (isErrorLike(value)) return copyOfError(value, walk, copyOf);
  return refuse(walk, reasonAgainst(value));
}

/** Also of another realm, as under a test runner that runs modules in a context of their own. */
function isListPrototype(prototype: unknown): boolean {
  return Array.isArray(prototype);
}

/** The same: whatever ends its chain and has what only `Object.prototype` has of its own. */
function isPlainPrototype(prototype: unknown): boolean {
  if (prototype === null || prototype === Object.prototype) return true;
  if (typeof prototype !== 'object') return false;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function copyOfList(list: readonly unknown[], walk: Walk): unknown[] {
  return inside(walk, list, 1, () => {
    // A hole becomes undefined. Not `map`, which a subclass or a proxy may answer itself.
    const copy: unknown[] = [];
    for (let index = 0; index < list.length; index += 1) {
      copy.push(at(walk, `[${index}]`, () => copyOf(list[index], walk)));
    }
    return copy;
  });
}

function copyOfRecord(record: Readonly<Record<string, unknown>>, walk: Walk): Record<string, unknown> {
  return inside(walk, record, 1, () => {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(record)) {
      copy[key] = at(walk, keyStep(key), () => {
        requireHarmless(key, walk);
        return copyOf(record[key], walk);
      });
    }
    return copy;
  });
}

function requireHarmless(key: string, walk: Walk): void {
  spend(walk, key.length + 3);
  if (key === '__proto__')
    refuse(walk, 'a key of this name changes classes where it is merged carelessly; rename it');
  if (key === 'constructor' || key === 'prototype') walk.reservedAt ??= pathOf(walk);
}

function copyOfMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): Map<unknown, unknown> {
  // Two levels: it travels as a list of pairs.
  return inside(walk, map, 2, () => {
    const copy = new Map<unknown, unknown>();
    for (const [key, value] of Map.prototype.entries.call(map)) {
      spend(walk, 3);
      const copiedKey = at(walk, `.keys()[${copy.size}]`, () => copyOf(key, walk));
      copy.set(
        copiedKey,
        at(walk, `.values()[${copy.size}]`, () => copyOf(value, walk)),
      );
    }
    return copy;
  });
}

function copyOfSet(set: ReadonlySet<unknown>, walk: Walk): Set<unknown> {
  return inside(walk, set, 1, () => {
    const copy = new Set<unknown>();
    for (const item of Set.prototype.values.call(set))
      copy.add(at(walk, `.values()[${copy.size}]`, () => copyOf(item, walk)));
    return copy;
  });
}

function copyOfDate(date: Date, walk: Walk): Date {
  const time = Date.prototype.getTime.call(date);
  if (Number.isNaN(time)) refuse(walk, 'an invalid Date; pass a valid one or null');
  spend(walk, 27);
  return new Date(time);
}

function copyOfUrl(url: URL, walk: Walk): URL {
  const copy = new URL(url.href);
  spend(walk, copy.href.length + 3);
  return copy;
}

function reasonAgainst(value: object): string {
  if (value instanceof RegExp) return 'a RegExp is not rebuilt from payloads; pass its source as a text';
  if (value instanceof Promise) return 'a promise cannot travel; await it first';
  const name: unknown = Reflect.get(value, 'constructor')?.name;
  const shown =
    typeof name === 'string' && /^[\w$]{1,60}$/.test(name)
      ? `an instance of ${name}`
      : 'an instance of a class';
  return `${shown} would lose its class on the way; pass a plain object, a list, or a text`;
}
