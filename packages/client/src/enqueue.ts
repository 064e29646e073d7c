import type { AnyCall, AnyTask, CallOf, TaskOf } from '@q/core';
import { type ResolvedStartOptions, resolveStartOptions } from '@q/core/wire';
import { type Captured, captureArguments, type Payload, payloadOf } from './capture-arguments.ts';
import type { Handle } from './handle.ts';
import { HandleGroup, MemberSend } from './handle-group.ts';
import { SingleSend } from './handle-send.ts';
import { monotonicNow } from './monotonic-now.ts';
import type { OutgoingTask } from './outgoing-task.ts';
import type { Session } from './session.ts';

/** An enqueue whose arguments are taken down, and nothing else. */
export interface Prepared<Given extends AnyTask> {
  readonly task: Given;
  readonly captured: Captured;
  /** Whole ms of the monotonic clock. */
  readonly calledAt: number;
}

export function prepare<Given extends AnyTask>(
  { codec }: Session,
  task: Given,
  args: readonly unknown[],
): Prepared<Given> {
  return { task, captured: captureArguments(task, args, codec), calledAt: Math.floor(monotonicNow()) };
}

/** Rejects as `Enqueuer.enqueue` says. */
export function sendPrepared<Given extends AnyTask>(
  session: Session,
  prepared: Prepared<Given>,
  options: ResolvedStartOptions,
): Promise<Handle<Given>> {
  // What throws in here rejects. Nothing is asynchronous and nothing made twice: a burst has all of its promises at once.
  return new Promise((resolve, reject) => {
    session.requireOpen();
    const { task, captured, calledAt } = prepared;
    const send = (payload: Payload): void =>
      session.enqueues.add(
        new SingleSend(session, task, { options, payload, calledAt }, { resolve, reject }),
      );
    const payload = payloadOf(captured);
    if (payload instanceof Promise) payload.then(send).catch(reject);
    else send(payload);
  });
}

/** As {@link sendPrepared}. */
export function sendCall<Given extends AnyTask>(
  session: Session,
  { task, args, options }: CallOf<Given>,
): Promise<Handle<Given>> {
  return sendPrepared(session, prepare(session, task, args), resolveStartOptions(options));
}

type HandlesOf<Calls extends readonly AnyCall[]> = {
  -readonly [Index in keyof Calls]: Handle<TaskOf<Calls[Index]>>;
};

/** All or none of them are valid: what one of them refuses keeps the others from being sent too. */
export function sendMany<const Calls extends readonly AnyCall[]>(
  session: Session,
  calls: Calls,
): Promise<HandlesOf<Calls>>;
// In the order of the calls, each handle of its own task: `map` cannot say so.
export async function sendMany(session: Session, calls: readonly AnyCall[]): Promise<unknown> {
  session.requireOpen();
  const prepared = calls.map((given) => prepareCall(session, given));
  const group = new HandleGroup(calls.length);
  const members: OutgoingTask[] = [];
  // All are checked before the first is sent, and a slow check does not change their order.
  for (const { task, captured, calledAt, options } of prepared) {
    const found = payloadOf(captured);
    const payload = found instanceof Promise ? await found : found;
    const seat = { group, index: members.length };
    members.push(new MemberSend(session, task, { options, payload, calledAt }, seat));
  }
  return group.send(members, session.enqueues);
}

interface PreparedCall extends Prepared<AnyTask> {
  readonly options: ResolvedStartOptions;
}

/** Field by field: a spread costs as much as all the rest. */
function prepareCall(session: Session, { task, args, options }: AnyCall): PreparedCall {
  const { captured, calledAt } = prepare(session, task, args);
  return { task, captured, calledAt, options: resolveStartOptions(options) };
}
