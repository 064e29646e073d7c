import { maxPayloadBytes } from './codec/limits.ts';
import { isPlainJson, isSafeJson } from './codec/plain-json.ts';
import { readRich, richMark, writeRich } from './codec/rich-json.ts';
import { vettedCopy } from './codec/vetted-copy.ts';
import { isCodecId } from './contract/names.ts';
import { shown } from './contract/shown.ts';
import {
  ConfigError,
  PayloadMalformedError,
  PayloadNotEncodableError,
  PayloadTooLargeError,
} from './errors.ts';

/** How arguments and results become bytes. Producers and workers of a queue need the same ones. */
export interface Codec {
  /** Travels with each payload: 1 to 32 letters, digits, dots, dashes and underscores. `q` is the default codec. */
  readonly id: string;
  /** @throws anything for a value that cannot travel. */
  encode(value: unknown): string | Uint8Array;
  /** @throws anything for bytes that `encode` never writes. */
  decode(bytes: Uint8Array): unknown;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Plain JSON where that is enough; otherwise superjson behind a `~`, so that Date, Map, Set, BigInt, URL, Error,
 * undefined, NaN, the infinities, -0, Buffer, ArrayBuffer and typed arrays survive. Errors come back as `Error` with
 * name, message, code and cause, nothing else; shared references come back as copies. `undefined` alone is no bytes at
 * all, because that is what most handlers return.
 */
export const defaultCodec: Codec = Object.freeze({
  id: 'q',
  /** @throws PayloadNotEncodableError, PayloadTooLargeError */
  encode(value: unknown): string {
    if (value === undefined) return '';
    return plainText(value) ?? richText(value);
  },
  /** @throws PayloadMalformedError */
  decode(bytes: Uint8Array): unknown {
    requireReadable(bytes.byteLength);
    return readText(textOf(bytes));
  },
});

function requireReadable(bytes: number): void {
  if (bytes > maxPayloadBytes)
    throw new PayloadMalformedError(`the payload has ${bytes} bytes; at most ${maxPayloadBytes} are read`);
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notOfThisForm();
  }
}

function readText(text: string): unknown {
  if (text === '') return undefined;
  try {
    return text.startsWith(richMark) ? readRich(text) : readPlain(text);
  } catch (error) {
    throw error instanceof PayloadMalformedError ? error : notOfThisForm();
  }
}

/** Without the cause: parsers quote what they choke on, and payloads stay out of logs. */
function notOfThisForm(): PayloadMalformedError {
  return new PayloadMalformedError('the payload is not of the form that this codec writes');
}

function plainText(value: unknown): string | undefined {
  try {
    return isPlainJson(value) ? JSON.stringify(value) : undefined;
  } catch {
    // A getter or a proxy threw: the second walk finds out where.
    return undefined;
  }
}

function richText(value: unknown): string {
  const vetted = vettedCopy(value);
  return vetted.isPlain ? JSON.stringify(vetted.copy) : writeRich(vetted);
}

function readPlain(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isSafeJson(value)) return value;
  throw new PayloadMalformedError('the payload is nested too deeply or has a key that is never written');
}

/**
 * Encodes within the size limit.
 *
 * @param where - names the value in errors, such as `args` or `result`; paths continue it: `args[0].user.callback`.
 * @throws PayloadNotEncodableError also for whatever a codec of the user's throws, and PayloadTooLargeError.
 */
export function encodePayload(codec: Codec, value: unknown, where: string): string | Uint8Array {
  const encoded = encodedBy(codec, value, where);
  // A UTF-16 unit takes three bytes at most, so short texts need not be measured.
  if (typeof encoded === 'string' && encoded.length * 3 <= maxPayloadBytes) return encoded;
  const bytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
  if (bytes > maxPayloadBytes) throw new PayloadTooLargeError(where, bytes, maxPayloadBytes);
  return encoded;
}

function encodedBy(codec: Codec, value: unknown, where: string): string | Uint8Array {
  try {
    const encoded: unknown = codec.encode(value);
    if (typeof encoded === 'string' || encoded instanceof Uint8Array) return encoded;
  } catch (error) {
    throw named(error, codec, where);
  }
  throw new PayloadNotEncodableError(where, `codec "${codec.id}" returned neither a text nor bytes`);
}

function named(error: unknown, codec: Codec, where: string): Error {
  if (codec !== defaultCodec)
    return new PayloadNotEncodableError(where, `codec "${codec.id}" threw; see the cause`, { cause: error });
  if (error instanceof PayloadTooLargeError) return new PayloadTooLargeError(where, error.bytes, error.limit);
  if (!(error instanceof PayloadNotEncodableError))
    return new PayloadNotEncodableError(where, 'encoding it threw; see the cause', { cause: error });
  const path =
    error.path === '' || error.path.startsWith('[') ? `${where}${error.path}` : `${where}.${error.path}`;
  return new PayloadNotEncodableError(
    path,
    error.reason,
    'cause' in error ? { cause: error.cause } : undefined,
  );
}

/**
 * Decodes; whatever a codec of the user's throws becomes one error.
 *
 * @param payload - a text where all of it is ASCII
 * @throws PayloadMalformedError
 */
export function decodePayload(codec: Codec, payload: Uint8Array | string): unknown {
  if (codec === defaultCodec) {
    if (typeof payload !== 'string') return codec.decode(payload);
    requireReadable(payload.length);
    return readText(payload);
  }
  try {
    return codec.decode(typeof payload === 'string' ? Buffer.from(payload) : payload);
  } catch (error) {
    throw new PayloadMalformedError(`codec "${codec.id}" cannot read the payload; see the cause`, {
      cause: error,
    });
  }
}

/** @throws ConfigError for what is no codec, or takes the id of the default one. */
export function requireCodec(codec: Codec): Codec {
  if (codec === defaultCodec) return codec;
  if (
    typeof codec !== 'object' ||
    codec === null ||
    typeof codec.encode !== 'function' ||
    typeof codec.decode !== 'function'
  ) {
    throw new ConfigError(`option "codec" must have an id, encode() and decode(); got ${shown(codec)}`);
  }
  if (isCodecId(codec.id) && codec.id !== defaultCodec.id) return codec;
  throw new ConfigError(
    `the id of a codec must be 1 to 32 letters, digits, dots, dashes or underscores, and not "q"; got ${shown(codec.id)}`,
  );
}
