import type { AnyCall, AnyTask, CallOf, MaybePromise, TaskOf } from '@q/core';
import { type ResolvedStartOptions, resolveStartOptions } from '@q/core/wire';
import { type Captured, captureArguments, type Payload, payloadOf } from './capture-arguments.ts';
import { wireCodec } from './codecs.ts';
import { EnqueueRefusedError } from './errors.ts';
import { createHandle, type Handle } from './handle.ts';
import { monotonicNow } from './monotonic-now.ts';
import { outgoingTask } from './outgoing-task.ts';
import type { Session } from './session.ts';

/** An enqueue whose arguments are taken down, and nothing else. */
export interface Prepared<Given extends AnyTask> {
  readonly task: Given;
  readonly captured: Captured;
  readonly calledAt: number;
}

export function prepare<Given extends AnyTask>(
  { codec }: Session,
  task: Given,
  args: readonly unknown[],
): Prepared<Given> {
  return { task, captured: captureArguments(task, args, codec), calledAt: monotonicNow() };
}

/** Rejects as `Enqueuer.enqueue` says. */
export async function sendPrepared<Given extends AnyTask>(
  session: Session,
  { task, captured, calledAt }: Prepared<Given>,
  options: ResolvedStartOptions,
): Promise<Handle<Given>> {
  session.requireOpen();
  const found: MaybePromise<Payload> = payloadOf(captured);
  const payload = found instanceof Promise ? await found : found;
  const outgoing = outgoingTask(task, { options, payload, codec: wireCodec(session.codec), calledAt });
  const answer = await session.enqueues.add(outgoing);
  if (answer.kind === 'refused') throw new EnqueueRefusedError(outgoing.id, session.queue, answer.code);
  return createHandle(session, { task, id: outgoing.id, duplicate: answer.kind === 'duplicate' });
}

/** As {@link sendPrepared}. */
export async function sendCall<Given extends AnyTask>(
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
  const options = calls.map((call) => resolveStartOptions(call.options));
  const prepared = calls.map(({ task, args }) => prepare(session, task, args));
  // All are checked before the first is sent, and a slow check does not change their order.
  const isReady = prepared.every(({ captured }) => captured.kind === 'ready');
  const checked = isReady ? prepared : await Promise.all(prepared.map(whenChecked));
  return Promise.all(
    checked.map((each, at) => sendPrepared(session, each, options[at] ?? resolveStartOptions())),
  );
}

async function whenChecked<Given extends AnyTask>(prepared: Prepared<Given>): Promise<Prepared<Given>> {
  return { ...prepared, captured: { kind: 'ready', payload: await payloadOf(prepared.captured) } };
}
