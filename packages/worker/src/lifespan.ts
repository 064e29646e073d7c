import type { Client } from '@q/client';
import { ConfigError } from '@q/core';
import { shown } from '@q/core/wire';
import { LifespanError } from './errors.ts';
import type { Logger } from './log.ts';

/** What a lifespan is given. */
export interface LifespanContext {
  /** Aborts when the worker begins to stop, before its handlers have ended. */
  readonly signal: AbortSignal;
  /** Wire id that the worker starts with. */
  readonly workerId: string;
  readonly client: Client;
  readonly log: Logger;
}

/** Set-up, one `yield` of what handlers find in `ctx.deps`, tear-down. */
export type Lifespan<Deps> = (context: LifespanContext) => AsyncGenerator<Deps, void, undefined>;

/** A lifespan whose set-up is done. */
export interface EnteredLifespan {
  readonly deps: unknown;
  /** Runs the tear-down. @throws LifespanError for a second `yield`, and what the tear-down throws. */
  leave(): Promise<void>;
}

const withoutLifespan: EnteredLifespan = { deps: undefined, leave: () => Promise.resolve() };

/** Runs the set-up. @throws ConfigError when it is no async generator, LifespanError when nothing is yielded, and what the set-up throws. */
export async function enterLifespan(
  lifespan: Lifespan<unknown> | null,
  context: LifespanContext,
): Promise<EnteredLifespan> {
  if (lifespan === null) return withoutLifespan;
  const generator = lifespan(context);
  requireGenerator(generator);
  const first = await generator.next();
  if (first.done === true)
    throw new LifespanError(
      'the lifespan ended without a yield; it must yield what handlers find in ctx.deps, once',
    );
  return { deps: first.value, leave: () => leaveLifespan(generator) };
}

function requireGenerator(answer: unknown): void {
  if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer && 'next' in answer)
    return;
  throw new ConfigError(
    'worker option "lifespan" must be an async generator function, such as ' +
      `async function* () { const db = await open(); yield { db }; await db.close(); }; it answered ${shown(answer)}`,
  );
}

async function leaveLifespan(generator: AsyncGenerator<unknown, void, undefined>): Promise<void> {
  const second = await generator.next();
  if (second.done === true) return;
  // Its finally blocks still have things to close.
  await generator.return();
  throw new LifespanError(
    'the lifespan yielded a second time; what comes after the only yield is the tear-down',
  );
}
