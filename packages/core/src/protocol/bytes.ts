/** A text line in front of a payload: text stays text, so that the connection can write it without a copy. */
export function joinBytes(line: string, payload: string | Uint8Array): string | Uint8Array {
  return typeof payload === 'string' ? line + payload : Buffer.concat([Buffer.from(line), payload]);
}

/** Where the line that begins at `from` ends; -1 when it does not. */
export function lineEnd(value: Buffer | string, from: number): number {
  return typeof value === 'string' ? value.indexOf('\n', from) : value.indexOf(10, from);
}

export function byteLength(value: string | Uint8Array): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
}

/** A field of a line and those behind it, which are left out where they end empty. */
export function fieldBefore(rest: string, field: string): string {
  return field === '' && rest === '' ? '' : `;${field}${rest}`;
}
