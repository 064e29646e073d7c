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

export function readDeliveries(tasks: readonly ClaimedTask[], claim: number): Delivery[] {
  return tasks.map((task) => new ClaimedDelivery(task, claim));
}

type Inside = Pick<Delivery, 'nonce' | 'lock' | 'ttl' | 'envelope'>;

const malformed: Inside = { nonce: '', lock: '', ttl: defaultTtl, envelope: null };

/** Its bytes are decoded when its turn comes: the next claim need not wait for that, and what goes back is never decoded. */
class ClaimedDelivery implements Delivery {
  readonly id: string;
  readonly claim: number;
  readonly tries: TriesRecord;
  readonly #value: Buffer | string;
  #inside: Inside | undefined;

  constructor({ id, tries, value }: ClaimedTask, claim: number) {
    this.id = id;
    this.claim = claim;
    this.tries = tries;
    this.#value = value;
  }

  get nonce(): string {
    return this.#open().nonce;
  }

  get lock(): string {
    return this.#open().lock;
  }

  get ttl(): number | null {
    return this.#open().ttl;
  }

  get envelope(): Envelope | null {
    return this.#open().envelope;
  }

  #open(): Inside {
    if (this.#inside !== undefined) return this.#inside;
    const task = decodeTaskValue(this.#value);
    this.#inside = task?.kind === 'pending' ? task : malformed;
    return this.#inside;
  }
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
