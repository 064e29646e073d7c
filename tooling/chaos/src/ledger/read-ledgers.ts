import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Entry } from './entry.ts';

/** Every entry of every process: those of one in its order, one process after the other. */
export async function* readLedgers(folder: string): AsyncIterable<Entry> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.jsonl')) continue;
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const entry = readEntry(line);
      if (entry !== undefined) yield entry;
    }
  }
}

/** The last line of a process that was killed may be torn. */
function readEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
