import type { ResultOf } from '@q/core';
import type { countWords } from '@q/demo-contracts';

/** What was found in all files together. */
export class WordIndex {
  files = 0;
  words = 0;
  bytes = 0;
  skipped = 0;
  readonly #hashes = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** How many files differ from each other. */
  get distinct(): number {
    return this.#hashes.size;
  }

  add(found: ResultOf<typeof countWords>): void {
    this.files += 1;
    this.words += found.words;
    this.bytes += found.bytes;
    this.#hashes.add(found.sha256);
    for (const [word, count] of found.frequent) this.#counts.set(word, (this.#counts.get(word) ?? 0) + count);
  }

  skip(): void {
    this.skipped += 1;
  }

  mostFrequent(count: number): Array<[word: string, count: number]> {
    return [...this.#counts].sort(([, one], [, other]) => other - one).slice(0, count);
  }
}
