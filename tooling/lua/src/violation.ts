import type { SourceLine } from './expand-includes.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/** A broken rule and where: `step.lua:12: …`. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A parsed script together with the lines that its nodes point at. */
export interface Script {
  /** File name without `.lua`. */
  readonly name: string;
  readonly lines: readonly SourceLine[];
  readonly tree: SyntaxTree;
}

/** A violation at a line of the expanded script, said of the file that the line came from. */
export function violationAt({ lines, name }: Script, line: number, message: string): Violation {
  const written = lines[line - 1];
  return { file: written?.file ?? `${name}.lua`, line: written?.number ?? 0, message };
}
