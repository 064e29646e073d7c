/** One result as published to a client's channel; `value` is `null` when it was too large to be published. */
export interface PublishedResult {
  readonly id: string;
  readonly value: Buffer | null;
}

/** A message repeats `<id>;<length>\n<value>`, or `<id>;-\n` for a value over 64 KiB. What does not parse ends the list. */
export function decodeResultMessage(message: Buffer): PublishedResult[] {
  const results: PublishedResult[] = [];
  let from = 0;
  while (from < message.length) {
    const end = message.indexOf(10, from);
    if (end === -1) break;
    const line = message.toString('latin1', from, end);
    const divider = line.lastIndexOf(';');
    if (divider < 1) break;
    const size = line.slice(divider + 1);
    const id = line.slice(0, divider);
    from = end + 1;
    if (size === '-') {
      results.push({ id, value: null });
      continue;
    }
    const length = Number(size);
    if (!/^\d+$/.test(size) || from + length > message.length) break;
    results.push({ id, value: message.subarray(from, from + length) });
    from += length;
  }
  return results;
}
