import { lineOf } from './syntax-tree.ts';
import { type Script, type Violation, violationAt } from './violation.ts';

const provided = new Set([
  ...['KEYS', 'ARGV', 'redis', 'cjson', 'cmsgpack', 'bit', 'struct', 'string', 'table', 'math'],
  ...[
    'assert',
    'error',
    'ipairs',
    'next',
    'pairs',
    'pcall',
    'select',
    'tonumber',
    'tostring',
    'type',
    'unpack',
  ],
]);

/** Redis refuses an undeclared name only when it runs into it: here a misspelling or a missing include is found before. */
export function checkGlobals(script: Script): readonly Violation[] {
  const unknown = script.tree.globals.filter(
    (node) => node.type === 'Identifier' && !provided.has(node.name),
  );
  return unknown.map((node) =>
    violationAt(script, lineOf(node), `"${node.type === 'Identifier' ? node.name : '?'}" is not declared`),
  );
}
