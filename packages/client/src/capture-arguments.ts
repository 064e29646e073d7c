import type { AnyTask, Codec, MaybePromise } from '@q/core';
import { encodePayload, validateInput } from '@q/core/wire';

/** Arguments as they travel. */
export type Payload = string | Uint8Array;

/**
 * Arguments, checked by the task's schema and encoded now: what becomes of the caller's objects afterwards changes
 * nothing. The form that was given is what travels, not what the schema makes of it.
 */
export type Captured =
  | { readonly kind: 'ready'; readonly payload: Payload }
  | { readonly kind: 'refused'; readonly error: unknown }
  /** The schema is asynchronous. Never an unhandled rejection, whether or not somebody asks for it. */
  | { readonly kind: 'checking'; readonly payload: Promise<Payload> };

export function captureArguments(task: AnyTask, args: readonly unknown[], codec: Codec): Captured {
  try {
    const checked = validateInput(task, args);
    if (checked instanceof Promise) return checking(checked, encodeLater(args, codec));
    return { kind: 'ready', payload: encodePayload(codec, args, 'args') };
  } catch (error) {
    return { kind: 'refused', error };
  }
}

function checking(checked: Promise<void>, encoded: () => Payload): Captured {
  const payload = checked.then(encoded);
  payload.catch(() => undefined);
  return { kind: 'checking', payload };
}

/** Encodes at once; a refusal is thrown later, when the schema has had its say: its words are more useful. */
function encodeLater(args: readonly unknown[], codec: Codec): () => Payload {
  try {
    const payload = encodePayload(codec, args, 'args');
    return () => payload;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** The payload, or the reason why there is none. @throws InvalidInputError, PayloadNotEncodableError, PayloadTooLargeError */
export function payloadOf(captured: Captured): MaybePromise<Payload> {
  if (captured.kind === 'refused') throw captured.error;
  return captured.payload;
}
