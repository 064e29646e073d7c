import type { Node } from 'luaparse';
import { commandKind } from './command-kinds.ts';
import { readEffect } from './effect.ts';
import type { SourceLine } from './expand-includes.ts';
import { childrenOf, parseScript } from './syntax-tree.ts';

/**
 * The Redis commands that a script calls, in lower case and sorted: those of redis.call, and those that are handed to a
 * function which performs them, as in `write_chunked('HDEL', …)`.
 */
export function commandsOf(lines: readonly SourceLine[]): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression' && readEffect(node) !== undefined) {
      const command = commandIn(node.arguments[0]);
      if (command !== undefined) found.add(command);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of parseScript(lines).body) visit(statement);
  return [...found].sort();
}

/** Whatever else stands in the first place, such as a key, is no command in capitals. */
function commandIn(argument: Node | undefined): string | undefined {
  if (argument?.type !== 'StringLiteral') return undefined;
  const text = argument.raw.slice(1, -1);
  return /^[A-Z]+$/.test(text) && commandKind(text) !== undefined ? text.toLowerCase() : undefined;
}
