import luaparse, { type Comment, type Node } from 'luaparse';
import type { SourceLine } from './expand-includes.ts';

/** A parsed script. Lines of nodes are lines of `text`, which {@link SourceLine}s lead back to the files. */
export interface SyntaxTree {
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly Comment[];
  /** Names that are used without being declared. */
  readonly globals: readonly Node[];
}

/** Parses a script as Lua 5.1. Throws with the file and line of the first mistake. */
export function parseScript(lines: readonly SourceLine[]): SyntaxTree {
  const text = lines.map((line) => line.text).join('\n');
  try {
    const chunk = luaparse.parse(text, {
      luaVersion: '5.1',
      encodingMode: 'none',
      locations: true,
      ranges: true,
      scope: true,
      comments: true,
    });
    const globals = 'globals' in chunk && Array.isArray(chunk.globals) ? chunk.globals.filter(isNode) : [];
    return { text, body: chunk.body, comments: chunk.comments?.filter(isComment) ?? [], globals };
  } catch (error) {
    const at = error instanceof Error && 'line' in error ? lines[Number(error.line) - 1] : undefined;
    const said = error instanceof Error ? error.message.replace(/^\[\d+:\d+\] /, '') : String(error);
    throw new Error(`${at?.file ?? 'script'}:${at?.number ?? 0}: ${said}`, { cause: error });
  }
}

/** The nodes directly below a node, in the order they are written. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** The line of a node in the text, from 1. */
export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 0;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isComment(value: unknown): value is Comment {
  return isNode(value) && value.type === 'Comment';
}
