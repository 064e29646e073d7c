import { SuperJSON } from 'superjson';
import { PayloadMalformedError, PayloadNotEncodableError } from '../errors.ts';
import { type Binary, isBinary, readBinary, writeBinary } from './binary.ts';
import { isSafeJson } from './plain-json.ts';
import { isRecord, revive, reviveInside } from './revive.ts';
import type { Vetted } from './vetted-copy.ts';

/** Tells this form from plain JSON, which never begins with it. */
export const richMark = '~';

/** One instance of our own: registrations on the shared default one would leak in from anywhere. */
const superjson = new SuperJSON({ dedupe: false });
superjson.allowErrorProps('code');
superjson.registerCustom<Binary, string>(
  {
    isApplicable: isBinary,
    serialize: writeBinary,
    deserialize: (text) => readBinary(text) ?? malformed(),
  },
  'binary',
);

/** What superjson writes for a value that JSON alone does not carry, after the mark. */
export function writeRich({ copy, reservedAt }: Vetted): string {
  if (reservedAt !== null) {
    throw new PayloadNotEncodableError(
      reservedAt,
      'a key of this name travels only among plain JSON values; rename it, or use a Map',
    );
  }
  const { json, meta } = superjson.serialize(copy);
  // Equal BigInts would otherwise be listed as one reference; readers here refuse references.
  return `${richMark}${JSON.stringify({ json, meta: { values: meta?.values, v: 1 } })}`;
}

/**
 * Reads what {@link writeRich} writes, and nothing else of superjson's format: no classes, no symbols, no expressions,
 * no references. superjson's own reader follows whatever paths a payload names, so it is not used.
 */
export function readRich(text: string): unknown {
  const body: unknown = JSON.parse(text.slice(richMark.length));
  if (!isRecord(body) || !hasOnly(body, 'json', 'meta') || !isSafeJson(body['json'])) return malformed();
  const meta = body['meta'];
  if (!isRecord(meta) || !hasOnly(meta, 'values', 'v') || meta['v'] !== 1) return malformed();
  if (Array.isArray(meta['values'])) return revive(body['json'], meta['values']);
  reviveInside(body['json'], meta['values']);
  return body['json'];
}

function hasOnly(record: object, ...keys: readonly string[]): boolean {
  const found = Object.keys(record);
  return found.length === keys.length && keys.every((key) => found.includes(key));
}

function malformed(): never {
  throw new PayloadMalformedError('the payload is not of the form that this codec writes');
}
