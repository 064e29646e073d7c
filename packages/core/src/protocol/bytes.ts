/** A text line in front of a payload: text stays text, so that the connection can write it without a copy. */
export function joinBytes(line: string, payload: string | Uint8Array): string | Uint8Array {
  return typeof payload === 'string' ? line + payload : Buffer.concat([Buffer.from(line), payload]);
}

export function byteLength(value: string | Uint8Array): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
}
