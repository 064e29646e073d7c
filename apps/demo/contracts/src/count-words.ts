import { task } from '@q/core';
import { z } from 'zod';

/** Hashes one file of the worker's folder and counts its words. */
export const countWords = task('words.count', {
  input: z.object({ file: z.string().min(1) }),
  output: z.object({
    sha256: z.string(),
    bytes: z.number(),
    words: z.number(),
    /** The most frequent words of at least four letters, and how often each occurs. */
    frequent: z.array(z.tuple([z.string(), z.number()])),
  }),
  errors: { NotText: z.object({ file: z.string() }) },
  timeout: '1m',
});
