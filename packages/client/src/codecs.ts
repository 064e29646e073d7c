import { type Codec, defaultCodec } from '@q/core';
import { decodePayload } from '@q/core/wire';
import { UnknownCodecError } from './errors.ts';

/** How a codec is named on the wire: the default one, of nearly all payloads, by nothing. */
export function wireCodec(codec: Codec): string {
  return codec === defaultCodec ? '' : codec.id;
}

/** @throws UnknownCodecError, PayloadMalformedError */
export function decodeWith(own: Codec, written: string, payload: Uint8Array | string, id: string): unknown {
  if (written === '') return decodePayload(defaultCodec, payload);
  if (written === wireCodec(own)) return decodePayload(own, payload);
  throw new UnknownCodecError(id, written);
}
