import { type Codec, defaultCodec } from '@q/core';
import {
  type ClaimedTask,
  decodePayload,
  decodeTaskValue,
  defaultTtl,
  type Envelope,
  type TriesRecord,
} from '@q/core/wire';

/** What this worker holds of one envelope, and what it needs to settle it. */
export interface Delivery {
  readonly id: string;
  /** Number of the claim that brought it; with the worker's wire id, the fence. */
  readonly claim: number;
  readonly tries: TriesRecord;
  readonly nonce: string;
  readonly lock: string;
  /** How long its producer wants the result kept, ms; `null` for ever. */
  readonly ttl: number | null;
  /** `null`: its bytes do not decode. */
  readonly envelope: Envelope | null;
}

/** What a claim brought. */
export interface Brought {
  readonly held: Delivery[];
  /** Ids whose bytes somebody deleted by hand: there is nothing to run, and nothing to settle. */
  readonly deleted: string[];
}

export function readDeliveries(tasks: readonly ClaimedTask[], claim: number): Brought {
  const brought: Brought = { held: [], deleted: [] };
  for (const { id, value, tries } of tasks) {
    if (value === null) brought.deleted.push(id);
    else brought.held.push(readDelivery({ id, claim, tries }, value));
  }
  return brought;
}

function readDelivery(
  { id, claim, tries }: Pick<Delivery, 'id' | 'claim' | 'tries'>,
  value: Buffer,
): Delivery {
  const task = decodeTaskValue(value);
  if (task?.kind !== 'pending')
    return { id, claim, tries, nonce: '', lock: '', ttl: defaultTtl, envelope: null };
  const { nonce, lock, ttl, envelope } = task;
  return { id, claim, tries, nonce, lock, ttl, envelope };
}

/** The arguments of an envelope, or why there are none here. */
export type ReadArgs =
  | { readonly kind: 'args'; readonly args: readonly unknown[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-codec' };

export function readArgs(envelope: Envelope, codec: Codec): ReadArgs {
  const used = codecOf(envelope.codec, codec);
  if (used === null) return { kind: 'unknown-codec' };
  try {
    const args = decodePayload(used, envelope.payload);
    return Array.isArray(args) ? { kind: 'args', args } : { kind: 'malformed' };
  } catch {
    return { kind: 'malformed' };
  }
}

/** The default codec is understood beside the worker's own: a queue may change from one to the other. */
function codecOf(id: string, own: Codec): Codec | null {
  if (id === codecMark(own)) return own;
  return id === '' ? defaultCodec : null;
}

/** How a codec is named beside what it wrote; empty for the default one. */
export function codecMark(codec: Codec): string {
  return codec === defaultCodec ? '' : codec.id;
}
