import { call } from '@q/core';
import { countWords } from '@q/demo-contracts';
import { listFiles } from '../list-files.ts';
import { createProgress } from '../progress.ts';
import type { Stage, Step } from '../step.ts';
import { expectThat, TourError } from '../tour-error.ts';
import { WordIndex } from '../word-index.ts';

/** How many files are under way at once: a folder may hold any number. */
const batch = 200;

export const indexing: Step = {
  title: 'Index a folder of documents: one task per file, hashed and counted in a pool of threads',
  async show(stage) {
    const { folder, say } = stage;
    const files = await listFiles(folder);
    expectThat(files.length > 0, `${folder} holds no files`);
    say(`${files.length} files in ${folder}`);
    const startedAt = performance.now();
    const index = await indexAll(stage, files);
    const seconds = (performance.now() - startedAt) / 1_000;
    say(
      `${index.files} files, ${index.words} words, ${index.bytes} bytes in ${seconds.toFixed(2)} s (${Math.round(files.length / seconds)} files/s)`,
    );
    say(`${index.distinct} distinct contents; ${index.skipped} files are no text`);
    say(
      `most frequent: ${index
        .mostFrequent(5)
        .map(([word, count]) => `${word} ${count}`)
        .join(', ')}`,
    );
  },
};

async function indexAll({ q }: Stage, files: readonly string[]): Promise<WordIndex> {
  const index = new WordIndex();
  const progress = createProgress(files.length, process.stdout);
  for (let from = 0; from < files.length; from += batch) {
    const handles = await q.enqueueMany(
      files.slice(from, from + batch).map((file) => call(countWords, { file })),
    );
    await Promise.all(
      handles.map(async (handle) => {
        const result = await handle.result({ timeout: '2m' });
        if (result.success) index.add(result.result);
        else if (result.error.type === 'NotText') index.skip();
        else throw new TourError(`a file could not be indexed: ${result.error.message}`);
        progress.advance();
      }),
    );
  }
  return index;
}
