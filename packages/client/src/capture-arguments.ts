import type { AnyTask, Codec, MaybePromise } from '@q/core';
import { encodePayload, validateInput } from '@q/core/wire';

/** Arguments as they travel. */
export type Payload = string | Uint8Array;

/** Why there is no payload; thrown when it is asked for. */
export class RefusedArguments {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Arguments, checked by the task's schema and encoded now: what becomes of the caller's objects afterwards changes
 * nothing. The form that was given is what travels, not what the schema makes of it. A promise where the schema is
 * asynchronous; never an unhandled rejection, whether or not somebody asks for it.
 */
export type Captured = Payload | RefusedArguments | Promise<Payload>;

export function captureArguments(task: AnyTask, args: readonly unknown[], codec: Codec): Captured {
  try {
    const checked = validateInput(task, args);
    if (checked instanceof Promise) return checking(checked, encodeLater(args, codec));
    return encodePayload(codec, args, 'args');
  } catch (error) {
    return new RefusedArguments(error);
  }
}

function checking(checked: Promise<void>, encoded: () => Payload): Promise<Payload> {
  const payload = checked.then(encoded);
  payload.catch(() => undefined);
  return payload;
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
  if (captured instanceof RefusedArguments) throw captured.error;
  return captured;
}
