import type { CallExpression, Expression, Node } from 'luaparse';
import { commandKind } from './command-kinds.ts';

/** What a node does to Redis, as far as one can see. */
export type Effect =
  | { readonly kind: 'read' | 'write'; readonly what: string }
  /** A command whose name is only known when the script runs. */
  | { readonly kind: 'computed'; readonly what: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The effect of this node itself, without what is below it. */
export function readEffect(node: Node): Effect | undefined {
  switch (node.type) {
    case 'CallExpression':
      return callEffect(node);
    case 'StringCallExpression':
    case 'TableCallExpression':
      return calledName(node.base) === undefined ? undefined : refuse('call it with parentheses');
    case 'LocalStatement':
    case 'AssignmentStatement':
      return node.init.some(isRedisCall)
        ? refuse('redis.call under another name cannot be checked')
        : renamedEffect(node.variables, node.init);
    case 'TableKeyString':
      return renamedEffect([node.key], [node.value]);
    default:
      return undefined;
  }
}

function callEffect({ base, arguments: given }: CallExpression): Effect | undefined {
  if (given.some(isRedisCall)) return refuse('redis.call handed to a function cannot be checked');
  if (isRedisCall(base)) return commandEffect(given[0]);
  const name = calledName(base);
  if (name === 'unpack') return unpackEffect(given);
  const kind = functionKind(name);
  return name === undefined || kind === undefined ? undefined : functionEffect(name, kind, given[0]);
}

function commandEffect(command: Expression | undefined): Effect {
  const name = literal(command);
  if (name === undefined) return { kind: 'computed', what: 'a command with a computed name' };
  const kind = commandKind(name);
  return kind === undefined ? refuse(`${name} is not in the table of commands`) : { kind, what: name };
}

/** A first argument in capitals is the command that the function is to perform: it must be of the function's kind. */
function functionEffect(name: string, kind: 'read' | 'write', first: Expression | undefined): Effect {
  const command = literal(first);
  if (command !== undefined && /^[A-Z]+$/.test(command) && commandKind(command) !== kind) {
    return refuse(`${name} is given ${command}, which is no ${kind} command`);
  }
  return { kind, what: name };
}

/** Redis refuses a command without arguments and Lua refuses to unpack thousands: both after earlier writes were kept. */
function unpackEffect(given: readonly Expression[]): Effect | undefined {
  return given.length === 3
    ? undefined
    : refuse('unpack without bounds; use write_chunked or one of its kind');
}

/** Whoever calls a function by another name must still see in it whether it reads or writes. */
function renamedEffect(names: readonly Expression[], values: readonly Expression[]): Effect | undefined {
  for (const [index, value] of values.entries()) {
    const kind = functionKind(calledName(value));
    const name = names[index];
    if (kind !== undefined && (name === undefined || functionKind(calledName(name)) !== kind)) {
      return refuse(`${calledName(value)} under another name cannot be checked`);
    }
  }
  return undefined;
}

function functionKind(name: string | undefined): 'read' | 'write' | undefined {
  if (name?.startsWith('read_')) return 'read';
  return name?.startsWith('write_') ? 'write' : undefined;
}

function isRedisCall(node: Expression): boolean {
  if (node.type === 'IndexExpression') return calledName(node.base) === 'redis';
  if (node.type !== 'MemberExpression' || calledName(node.base) !== 'redis') return false;
  return node.identifier.name === 'call' || node.identifier.name === 'pcall';
}

/** A function of a table goes by its own name: what `rare.write_it` does is what `write_it` does. */
function calledName(node: Expression): string | undefined {
  if (node.type === 'MemberExpression') return node.identifier.name;
  return node.type === 'Identifier' ? node.name : undefined;
}

function literal(node: Expression | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? node.raw.slice(1, -1) : undefined;
}

function refuse(reason: string): Effect {
  return { kind: 'refused', reason };
}
