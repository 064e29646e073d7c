import { PayloadNotEncodableError, PayloadTooLargeError } from '../errors.ts';
import { maxDepth, maxPayloadBytes } from './limits.ts';

/** Where a walk over a value stands. Owned by one call of `vettedCopy`. */
export interface Walk {
  /** From the root to here. Not unwound on a throw, so it then says where it was. */
  readonly path: string[];
  readonly above: Set<object>;
  depth: number;
  room: number;
  /** Whether all so far could travel as plain JSON. */
  isPlain: boolean;
  /** First place of a key that superjson refuses. */
  reservedAt: string | null;
  /** What the walk itself threw, to be told from what user code throws. */
  refusal: Error | null;
}

export function newWalk(): Walk {
  // One more than the limit, because the outermost value has no comma.
  return {
    path: [],
    above: new Set(),
    depth: 0,
    room: maxPayloadBytes + 1,
    isPlain: true,
    reservedAt: null,
    refusal: null,
  };
}

export function refuse(walk: Walk, reason: string): never {
  walk.refusal = new PayloadNotEncodableError(pathOf(walk), reason);
  throw walk.refusal;
}

/** Takes off what JSON needs at least. @throws PayloadTooLargeError */
export function spend(walk: Walk, characters: number): void {
  walk.room -= characters;
  if (walk.room >= 0) return;
  walk.refusal = new PayloadTooLargeError('the value', maxPayloadBytes - walk.room, maxPayloadBytes);
  throw walk.refusal;
}

/** Visits what is inside `holder`, which takes so many levels in the text. */
export function inside<Copy>(walk: Walk, holder: object, levels: number, visit: () => Copy): Copy {
  if (walk.above.has(holder)) refuse(walk, 'it contains itself; pass ids instead of references');
  if (walk.depth + levels > maxDepth) refuse(walk, `it is nested deeper than ${maxDepth} levels`);
  spend(walk, 3);
  walk.above.add(holder);
  walk.depth += levels;
  const copy = visit();
  walk.depth -= levels;
  walk.above.delete(holder);
  return copy;
}

/** Visits one part; `read` is inside the step, because a getter may throw. */
export function at<Copy>(walk: Walk, step: string, visit: () => Copy): Copy {
  walk.path.push(step);
  const copy = visit();
  walk.path.pop();
  return copy;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

export function keyStep(key: string): string {
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** `[0].user.callback` or `user.callback`. */
export function pathOf(walk: Walk): string {
  const path = walk.path.join('');
  return path.startsWith('.') ? path.slice(1) : path;
}
