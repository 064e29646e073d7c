import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Counted {
  readonly sha256: string;
  readonly bytes: number;
  readonly words: number;
  readonly frequent: Array<[word: string, count: number]>;
}

const word = /\p{Letter}[\p{Letter}\p{Mark}'’-]*/gu;
const leastLetters = 4;
/** Keeps the answer small, whatever the file is. */
const mostFrequent = 2_000;

/** Reads a file and counts its words; `null` when it is no text. Synchronous: it runs in a thread of the pool. */
export function countWords(path: string): Counted | null {
  const content = readFileSync(path);
  if (content.includes(0)) return null;
  const counts = new Map<string, number>();
  let words = 0;
  for (const [found] of content.toString('utf8').matchAll(word)) {
    words += 1;
    if (found.length < leastLetters) continue;
    const key = found.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const frequent = [...counts].sort(([, one], [, other]) => other - one).slice(0, mostFrequent);
  return {
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    words,
    frequent,
  };
}
