import { importsOf } from './imports-of.ts';
import { fileRules, importRules } from './rules.ts';
import type { SourceFile } from './source-file.ts';

/** The broken rules of these files, one line each: `packages/core/src/x.ts:3: …`. */
export function checkBoundaries(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [
    ...importsOf(file).flatMap((imported) =>
      importRules.flatMap((rule) => {
        const reason = rule(file, imported);
        return reason === undefined ? [] : [`${file.path}:${imported.line}: ${reason}`];
      }),
    ),
    ...fileRules.flatMap((rule) => rule(file).map(({ line, reason }) => `${file.path}:${line}: ${reason}`)),
  ]);
}
