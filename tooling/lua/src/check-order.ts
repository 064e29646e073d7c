import type { Node } from 'luaparse';
import { readEffect } from './effect.ts';
import { findMarkers, type Markers } from './markers.ts';
import { childrenOf, lineOf } from './syntax-tree.ts';
import { type Script, type Violation, violationAt } from './violation.ts';

/** What the place of a piece of code allows it to do. */
type Place = 'top level' | 'reader' | 'writer' | 'pure';

const exemption = /--\s*order:\s*\S/;

/**
 * The order rule: a script validates, then reads everything, then writes, because one that fails half way keeps the writes
 * that it has made. Functions called `read_…` read, functions called `write_…` write, and all others do neither.
 */
export function checkOrder(script: Script): readonly Violation[] {
  const markers = findMarkers(script);
  if ('message' in markers) return [markers];
  const violations: Violation[] = [];
  const visit = (node: Node, place: Place): void => {
    const refusal = refusalOf(node, place, markers);
    if (refusal !== undefined && !isExempt(script, lineOf(node))) {
      violations.push(violationAt(script, lineOf(node), refusal));
    }
    const inside = node.type === 'FunctionDeclaration' ? placeOf(node, place) : place;
    for (const child of childrenOf(node)) visit(child, inside);
  };
  for (const statement of script.tree.body) visit(statement, 'top level');
  return violations;
}

function placeOf(node: Extract<Node, { type: 'FunctionDeclaration' }>, outside: Place): Place {
  const name = node.identifier?.type === 'Identifier' ? node.identifier.name : undefined;
  if (name === undefined) return outside === 'top level' ? 'pure' : outside;
  if (name.startsWith('read_')) return 'reader';
  return name.startsWith('write_') ? 'writer' : 'pure';
}

function refusalOf(node: Node, place: Place, markers: Markers): string | undefined {
  const effect = readEffect(node);
  if (effect === undefined) return undefined;
  switch (effect.kind) {
    case 'refused':
      return effect.reason;
    case 'computed':
      return place === 'reader' || place === 'writer'
        ? undefined
        : `${effect.what} outside a read_ or write_ function`;
    case 'read':
      return refusedRead(effect.what, lineOf(node), place, markers);
    case 'write':
      return refusedWrite(effect.what, lineOf(node), place, markers);
  }
}

function refusedRead(what: string, line: number, place: Place, markers: Markers): string | undefined {
  switch (place) {
    case 'reader':
      return undefined;
    case 'writer':
      return `${what} reads inside a write_ function`;
    case 'pure':
      return `${what} reads inside a function that is not called read_…`;
    case 'top level':
      if (line < markers.read) return `${what} reads before "-- read"`;
      return line > markers.write ? `${what} reads after "-- write"` : undefined;
  }
}

function refusedWrite(what: string, line: number, place: Place, markers: Markers): string | undefined {
  switch (place) {
    case 'writer':
      return undefined;
    case 'reader':
      return `${what} writes inside a read_ function`;
    case 'pure':
      return `${what} writes inside a function that is not called write_…`;
    case 'top level':
      return line < markers.write ? `${what} writes before "-- write"` : undefined;
  }
}

/** The reason stands at the end of the line, or alone on the line above. */
function isExempt({ lines }: Script, line: number): boolean {
  const above = lines[line - 2]?.text.trim() ?? '';
  return exemption.test(lines[line - 1]?.text ?? '') || (above.startsWith('--') && exemption.test(above));
}
