import { ConfigError } from '../errors.ts';

/** Texts that travel beside the arguments, for traces and tenants: at most 32, and 8 KiB together. */
export type Headers = Readonly<Record<string, string>>;

const mostHeaders = 32;
const mostBytes = 8_192;

/**
 * A frozen copy.
 *
 * @throws ConfigError for anything but texts, for too many headers, and for more than 8 KiB of names and values together.
 */
export function resolveHeaders(given: unknown): Headers {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Map) {
    throw new ConfigError('option "headers" must be an object of texts, such as { tenant: "a" }');
  }
  const headers: [name: string, value: string][] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(given)) {
    bytes += requireHeader(name, value);
    headers.push([name, value]);
  }
  if (headers.length > mostHeaders)
    throw new ConfigError(`option "headers" has ${headers.length} entries; at most ${mostHeaders} travel`);
  if (bytes > mostBytes)
    throw new ConfigError(`option "headers" takes ${bytes} bytes; at most ${mostBytes} travel`);
  return Object.freeze(Object.fromEntries(headers));
}

/** Values stay out of the messages: they may be credentials. */
function requireHeader(name: string, value: unknown): number {
  if (name === '' || name === '__proto__')
    throw new ConfigError(`option "headers" cannot have an entry named "${name}"`);
  if (typeof value === 'string') return Buffer.byteLength(name) + Buffer.byteLength(value);
  throw new ConfigError(
    `header "${name.slice(0, 60)}" must be a text; got ${value === null ? 'null' : typeof value}`,
  );
}
