import type { SourceLine } from './expand-includes.ts';
import { parseScript, type SyntaxTree } from './syntax-tree.ts';

/**
 * The script as it is sent to Redis: without comments, blank lines and indentation. Throws when a string goes over the
 * end of a line, for its inner spaces could not be told from indentation.
 */
export function stripSource(lines: readonly SourceLine[]): string {
  const tree = parseScript(lines);
  const kept = withoutComments(tree);
  const stripped = kept
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
  const again = parseScript(
    stripped.split('\n').map((text, index) => ({ text, file: 'stripped', number: index + 1 })),
  );
  if (shapeOf(again) !== shapeOf(tree)) {
    throw new Error(
      `${lines[0]?.file}: taking comments and indentation away changes its meaning; keep strings on one line`,
    );
  }
  return stripped;
}

function withoutComments({ text, comments }: SyntaxTree): string {
  let kept = '';
  let from = 0;
  for (const comment of comments) {
    const [start, end] = rangeOf(comment);
    kept += `${text.slice(from, start)} `; // a space, because a comment may be all that parts two words
    from = end;
  }
  return kept + text.slice(from);
}

function rangeOf(node: object): readonly [number, number] {
  const range: unknown = 'range' in node ? node.range : undefined;
  if (!Array.isArray(range)) throw new Error('the parser gave a comment without its range');
  return [Number(range[0]), Number(range[1])];
}

/** Everything about a tree but where it stands. */
function shapeOf({ body }: SyntaxTree): string {
  return JSON.stringify(body, (key, value: unknown) =>
    key === 'loc' || key === 'range' ? undefined : value,
  );
}
