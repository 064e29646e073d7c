import type { AnyTask, StartOptions } from '@q/core';
import { type ResolvedStartOptions, resolveStartOptions } from '@q/core/wire';
import { type BuilderUse, warnIfDropped } from './dropped-builder.ts';
import type { Handle } from './handle.ts';

/**
 * One enqueue that has not been sent: `await` sends it, once. Immutable; it has no `id`, so that it cannot stand where a
 * handle is wanted, and no `kind`, so that it cannot stand where a call is wanted.
 */
export interface Builder<Given extends AnyTask, Options = StartOptions> extends PromiseLike<Handle<Given>> {
  /** The same enqueue with these options instead of its own. @throws ConfigError for options that exclude each other or are malformed. */
  start(options?: Options): Builder<Given, Options>;
}

/** Sends one enqueue; called at most once for each builder. */
export type SendNow<Given extends AnyTask> = (options: ResolvedStartOptions) => Promise<Handle<Given>>;

export function createBuilder<Given extends AnyTask>(name: string, send: SendNow<Given>): Builder<Given> {
  return new LazyBuilder(name, send, resolveStartOptions());
}

class LazyBuilder<Given extends AnyTask> implements Builder<Given> {
  readonly #send: SendNow<Given>;
  readonly #options: ResolvedStartOptions;
  readonly #use: BuilderUse;
  #sent: Promise<Handle<Given>> | undefined;

  constructor(name: string, send: SendNow<Given>, options: ResolvedStartOptions) {
    this.#send = send;
    this.#options = options;
    this.#use = { name, isUsed: false };
    warnIfDropped(this, this.#use);
    Object.freeze(this);
  }

  start(options?: StartOptions): Builder<Given> {
    const resolved = resolveStartOptions(options);
    // From here on the new one is what has to be awaited.
    this.#use.isUsed = true;
    return new LazyBuilder(this.#use.name, this.#send, resolved);
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a builder is what sends it.
  then<Sent = Handle<Given>, Refused = never>(
    onSent?: ((handle: Handle<Given>) => Sent | PromiseLike<Sent>) | null,
    onRefused?: ((reason: unknown) => Refused | PromiseLike<Refused>) | null,
  ): Promise<Sent | Refused> {
    this.#use.isUsed = true;
    this.#sent ??= this.#send(this.#options);
    return this.#sent.then(onSent, onRefused);
  }
}
