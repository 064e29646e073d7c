import type { AnyTask } from '@q/core';
import type { Enqueues } from './enqueues.ts';
import type { AnyHandle } from './handle.ts';
import { HandleSend, type Settlers } from './handle-send.ts';
import type { OutgoingFacts, OutgoingTask } from './outgoing-task.ts';
import type { Session } from './session.ts';

/** Handles that are awaited together: one promise for all, in the order of the calls. */
export class HandleGroup {
  readonly #handles: AnyHandle[];
  #left: number;
  #settlers: Settlers<readonly AnyHandle[]> | undefined;

  constructor(size: number) {
    this.#handles = new Array<AnyHandle>(size);
    this.#left = size;
  }

  /** Hands the members over, all or none; rejects with the first refusal. */
  send(members: readonly OutgoingTask[], enqueues: Enqueues): Promise<readonly AnyHandle[]> {
    if (members.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#settlers = { resolve, reject };
      enqueues.addAll(members);
    });
  }

  set(index: number, handle: AnyHandle): void {
    this.#handles[index] = handle;
    this.#left -= 1;
    if (this.#left === 0) this.#settlers?.resolve(this.#handles);
  }

  refuse(error: unknown): void {
    this.#settlers?.reject(error);
  }
}

export class MemberSend<Given extends AnyTask> extends HandleSend<Given> {
  readonly #group: HandleGroup;
  readonly #index: number;

  constructor(
    session: Session,
    task: Given,
    facts: OutgoingFacts,
    { group, index }: { readonly group: HandleGroup; readonly index: number },
  ) {
    super(session, task, facts);
    this.#group = group;
    this.#index = index;
  }

  override refused(error: unknown): void {
    this.#group.refuse(error);
  }

  protected override sent(handle: AnyHandle): void {
    this.#group.set(this.#index, handle);
  }
}
