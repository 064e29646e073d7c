import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';

/** An import, re-export, dynamic import or type import of a file. */
export interface Import {
  readonly line: number;
  /** As written: `./keys.ts`, `@q/core/wire`, `node:fs`. */
  readonly specifier: string;
  /** The path from the root that a relative specifier leads to. */
  readonly path: string | undefined;
}

const forms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
  /\b(?:require|import\.meta\.resolve|resolve)\s*\(\s*['"]([^'"]+)['"]/g,
];

/** What a TypeScript or JavaScript file imports, in any form whose specifier is written out. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  if (path.endsWith('.lua')) return [];
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map((match) => {
      const [whole, specifier = ''] = match;
      const line = text.slice(0, match.index + whole.length).split('\n').length;
      const resolved = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
      return { line, specifier, path: resolved };
    }),
  );
}
