/** The bytes that travel as they are. Views over shared memory and DataView are not among them. */
export type Binary = ArrayBuffer | ArrayBufferView;

type Rebuild = (bytes: ArrayBuffer) => Binary;

// A closed table: a name in a payload selects one of these and nothing else.
const kinds: readonly (readonly [name: string, prototype: object, rebuild: Rebuild])[] = [
  ['Buffer', Buffer.prototype, (bytes) => Buffer.from(bytes)],
  ['ArrayBuffer', ArrayBuffer.prototype, (bytes) => bytes],
  ['Int8Array', Int8Array.prototype, (bytes) => new Int8Array(bytes)],
  ['Uint8Array', Uint8Array.prototype, (bytes) => new Uint8Array(bytes)],
  ['Uint8ClampedArray', Uint8ClampedArray.prototype, (bytes) => new Uint8ClampedArray(bytes)],
  ['Int16Array', Int16Array.prototype, (bytes) => new Int16Array(bytes)],
  ['Uint16Array', Uint16Array.prototype, (bytes) => new Uint16Array(bytes)],
  ['Int32Array', Int32Array.prototype, (bytes) => new Int32Array(bytes)],
  ['Uint32Array', Uint32Array.prototype, (bytes) => new Uint32Array(bytes)],
  ['Float32Array', Float32Array.prototype, (bytes) => new Float32Array(bytes)],
  ['Float64Array', Float64Array.prototype, (bytes) => new Float64Array(bytes)],
  ['BigInt64Array', BigInt64Array.prototype, (bytes) => new BigInt64Array(bytes)],
  ['BigUint64Array', BigUint64Array.prototype, (bytes) => new BigUint64Array(bytes)],
];

const nameByPrototype: ReadonlyMap<unknown, string> = new Map(
  kinds.map(([name, prototype]) => [prototype, name]),
);
const rebuildByName: ReadonlyMap<string, Rebuild> = new Map(
  kinds.map(([name, , rebuild]) => [name, rebuild]),
);

export function isBinary(value: unknown): value is Binary {
  return typeof value === 'object' && value !== null && nameByPrototype.has(Object.getPrototypeOf(value));
}

/** `<kind>:<base64>`, in the byte order of the machine, which is little-endian wherever Node.js runs. */
export function writeBinary(value: Binary): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return `${nameByPrototype.get(Object.getPrototypeOf(value))}:${bytes.toString('base64')}`;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `null` for what {@link writeBinary} never writes. */
export function readBinary(text: string): Binary | null {
  const colon = text.indexOf(':');
  const rebuild = rebuildByName.get(text.slice(0, colon));
  const encoded = text.slice(colon + 1);
  if (rebuild === undefined || !base64.test(encoded)) return null;
  // A copy of its own: small Buffers share one pool, and an offset in it need not suit wider elements.
  const bytes = new Uint8Array(Buffer.from(encoded, 'base64'));
  return rebuild(bytes.buffer);
}
