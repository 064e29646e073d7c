import type { AnyTask, StartOptions } from '@q/core';
import { type ResolvedStartOptions, resolveStartOptions } from '@q/core/wire';
import { type BuilderUse, markUsed, warnIfDropped } from './dropped-builder.ts';
import { type Prepared, sendPrepared } from './enqueue.ts';
import type { Handle } from './handle.ts';
import type { Session } from './session.ts';

/**
 * One enqueue that has not been sent: `await` sends it, once. Immutable; it has no `id`, so that it cannot stand where a
 * handle is wanted, and no `kind`, so that it cannot stand where a call is wanted.
 */
export interface Builder<Given extends AnyTask, Options = StartOptions> extends PromiseLike<Handle<Given>> {
  /** The same enqueue with these options instead of its own. @throws ConfigError for options that exclude each other or are malformed. */
  start(options?: Options): Builder<Given, Options>;
}

export function createBuilder<Given extends AnyTask>(
  session: Session,
  prepared: Prepared<Given>,
): Builder<Given> {
  return new LazyBuilder(session, prepared, resolveStartOptions());
}

class LazyBuilder<Given extends AnyTask> implements Builder<Given> {
  readonly #session: Session;
  readonly #prepared: Prepared<Given>;
  readonly #options: ResolvedStartOptions;
  readonly #use: BuilderUse | undefined;
  #sent: Promise<Handle<Given>> | undefined;

  constructor(session: Session, prepared: Prepared<Given>, options: ResolvedStartOptions) {
    this.#session = session;
    this.#prepared = prepared;
    this.#options = options;
    this.#use = warnIfDropped(this, prepared.task.name);
    Object.freeze(this);
  }

  start(options?: StartOptions): Builder<Given> {
    const resolved = resolveStartOptions(options);
    // From here on the new one is what has to be awaited.
    markUsed(this.#use);
    return new LazyBuilder(this.#session, this.#prepared, resolved);
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a builder is what sends it.
  then<Sent = Handle<Given>, Refused = never>(
    onSent?: ((handle: Handle<Given>) => Sent | PromiseLike<Sent>) | null,
    onRefused?: ((reason: unknown) => Refused | PromiseLike<Refused>) | null,
  ): Promise<Sent | Refused> {
    markUsed(this.#use);
    this.#sent ??= sendPrepared(this.#session, this.#prepared, this.#options);
    return this.#sent.then(onSent, onRefused);
  }
}
