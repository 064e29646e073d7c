import type { AnyTask } from '@q/core';
import type { EnqueuedItem } from '@q/core/wire';
import { EnqueueRefusedError } from './errors.ts';
import { createHandle, type Handle } from './handle.ts';
import { type OutgoingFacts, OutgoingTask } from './outgoing-task.ts';
import type { Session } from './session.ts';

/** An outgoing task that becomes a handle. */
export abstract class HandleSend<Given extends AnyTask> extends OutgoingTask {
  declare readonly task: Given;
  readonly #session: Session;

  constructor(session: Session, task: Given, facts: OutgoingFacts) {
    super(task, facts);
    this.#session = session;
  }

  override answered(answer: EnqueuedItem): void {
    const { id, task } = this;
    if (answer.kind === 'refused')
      this.refused(new EnqueueRefusedError(id, this.#session.queue, answer.code));
    else this.sent(createHandle(this.#session, { task, id, duplicate: answer.kind === 'duplicate' }));
  }

  protected abstract sent(handle: Handle<Given>): void;
}

/** How one promise is settled. */
export interface Settlers<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** One that somebody awaits by itself. */
export class SingleSend<Given extends AnyTask> extends HandleSend<Given> {
  readonly #resolve: (handle: Handle<Given>) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    session: Session,
    task: Given,
    facts: OutgoingFacts,
    { resolve, reject }: Settlers<Handle<Given>>,
  ) {
    super(session, task, facts);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override refused(error: unknown): void {
    this.#reject(error);
  }

  protected override sent(handle: Handle<Given>): void {
    this.#resolve(handle);
  }
}
