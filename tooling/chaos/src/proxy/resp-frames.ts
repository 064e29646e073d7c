const lineFeed = 10;
const carriageReturn = 13;

/** Cuts the bytes of one direction of a connection into whole values of the Redis protocol (RESP 2 and 3). */
export class FrameReader {
  #kept: Buffer = Buffer.alloc(0);

  /** The values that are whole with these bytes; what is left is kept for the next call. */
  read(bytes: Buffer): readonly Buffer[] {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    const frames: Buffer[] = [];
    let from = 0;
    for (;;) {
      const end = endOfValue(all, from);
      if (end === -1) break;
      frames.push(all.subarray(from, end));
      from = end;
    }
    this.#kept = all.subarray(from);
    return frames;
  }
}

/** The bulk strings of a command as clients send it. */
export function readArguments(frame: Buffer): readonly Buffer[] {
  const args: Buffer[] = [];
  let at = frame.indexOf(lineFeed) + 1;
  while (at > 0 && at < frame.length) {
    const start = frame.indexOf(lineFeed, at) + 1;
    const length = Number(frame.toString('latin1', at + 1, start - 2));
    args.push(frame.subarray(start, start + length));
    at = start + length + 2;
  }
  return args;
}

/** -1 while the value is not whole. */
function endOfValue(bytes: Buffer, from: number): number {
  const end = endOfLine(bytes, from);
  if (end === -1) return -1;
  const count = Number(bytes.toString('latin1', from + 1, end - 2));
  switch (String.fromCharCode(bytes[from] ?? 0)) {
    case '$':
    case '=':
    case '!': {
      const last = count < 0 ? end : end + count + 2;
      return last > bytes.length ? -1 : last;
    }
    case '*':
    case '~':
    case '>':
      return endOfValues(bytes, end, count);
    case '%':
      return endOfValues(bytes, end, count * 2);
    case '|':
      return endOfValues(bytes, end, count * 2 + 1); // attributes, and the value that they are about
    default:
      return end;
  }
}

function endOfValues(bytes: Buffer, from: number, count: number): number {
  let at = from;
  for (let left = count; left > 0 && at !== -1; left -= 1)
    at = at >= bytes.length ? -1 : endOfValue(bytes, at);
  return at;
}

function endOfLine(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 || bytes[at - 1] !== carriageReturn ? -1 : at + 1;
}
