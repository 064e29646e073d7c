import { isAscii } from 'node:buffer';

/**
 * Pieces that arrive one after the other, by their sizes in bytes. Nearly all that is enqueued is ASCII, and then one
 * text, cut up, costs a fraction of a buffer for each piece and of decoding that.
 */
export function cutUp(bytes: Buffer, sizes: readonly number[]): Array<Buffer | string> {
  const whole = isAscii(bytes) ? bytes.toString('latin1') : bytes;
  let at = 0;
  return sizes.map((size) => {
    const from = at;
    at += size;
    return typeof whole === 'string' ? whole.slice(from, at) : whole.subarray(from, at);
  });
}
