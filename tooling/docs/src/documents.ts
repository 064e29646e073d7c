import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);

/** The folder of the repository. */
export const repository: string = fileURLToPath(root);

/** A page that users read. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** One fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** One row of a table, its cells without surrounding blanks. */
export type Row = readonly string[];

export function readDocument(path: string): Document {
  return { path, text: readFileSync(new URL(path, root), 'utf8') };
}

export const documents: readonly Document[] = [
  'README.md',
  'packages/core/README.md',
  'packages/client/README.md',
  'packages/worker/README.md',
].map(readDocument);

export function blocksOf({ text }: Document): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** The rows of the table below a marker such as `<!-- codes -->`, without its head. */
export function tableBelow({ text, path }: Document, marker: string): Row[] {
  const below = text.split(`<!-- ${marker} -->\n`)[1];
  if (below === undefined) throw new Error(`${path} has no marker <!-- ${marker} -->`);
  const lines = below.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
