import { type AnyTask, type Codec, ProtocolError, type TaskResult } from '@q/core';
import {
  decodeEnvelope,
  decodeResult,
  decodeTaskValue,
  type Envelope,
  type FinishedTask,
  isBuiltInFailureType,
  parseErrorData,
  parseResult,
  type StoredResult,
} from '@q/core/wire';
import { decodeWith } from './codecs.ts';
import { ResultExpiredError } from './errors.ts';
import { builtInFailure, isStoredFailure, scriptedFailure } from './rebuild-failure.ts';

/** A finished task's value, and how it came here. */
export interface FinishedValue {
  readonly value: Buffer;
  /** Redis time of the read, for one that had finished before it was asked for; `null` for one that was waited for. */
  readonly readAt: number | null;
}

export interface ResultSubject {
  readonly task: AnyTask;
  readonly id: string;
  readonly queue: string;
  readonly codec: Codec;
}

/**
 * What a finished value says, parsed by the schemas of the task.
 *
 * @throws ResultExpiredError · InvalidResultError · UnknownCodecError · PayloadMalformedError · ProtocolError
 */
export function readResult<Given extends AnyTask>(
  subject: ResultSubject & { readonly task: Given },
  finished: FinishedValue,
): Promise<TaskResult<Given>>;
// The schemas vouch for the types of the task; without schemas, the contract's word is taken.
export async function readResult(subject: ResultSubject, finished: FinishedValue): Promise<unknown> {
  const value = decodeFinished(subject, finished.value);
  const { readableUntil, finishedAt, code, body } = value;
  const isOver = readableUntil !== null && finished.readAt !== null && finished.readAt >= readableUntil;
  const hasPayload = code === '+' || code === '-';
  // With a ttl of 0 only those who waited get the payload, and nothing of it is stored.
  if (isOver || (hasPayload && body.length === 0)) throw new ResultExpiredError(subject.id, finishedAt);
  return hasPayload ? workerResult(subject, value, code) : scriptedResult(subject, value, code);
}

export function decodeFinished({ id }: Pick<ResultSubject, 'id'>, bytes: Buffer): FinishedTask {
  const value = decodeTaskValue(bytes);
  if (value?.kind === 'finished') return value;
  throw new ProtocolError(
    `task ${id} is stored in a form that this version does not know; run the same @q version on clients and workers`,
  );
}

async function workerResult(
  subject: ResultSubject,
  finished: FinishedTask,
  code: '+' | '-',
): Promise<object> {
  const { id, queue, task, codec } = subject;
  const stored = decodeResult(finished);
  if (stored === null)
    throw new ProtocolError(`the result of task ${id} is stored in a form that this version does not know`);
  const { name, createdAt, enqueuedAt, startedAt, finishedAt, tries, worker: workerId } = stored;
  const facts = { id, name, queue, createdAt, enqueuedAt, finishedAt, startedAt, tries, workerId };
  const payload = decodeWith(codec, stored.codec, stored.payload, id);
  if (code === '+') return { success: true, result: await parseResult(task, payload), ...facts };
  return { success: false, error: await failureOf(task, stored, payload), ...facts };
}

async function failureOf(task: AnyTask, { name }: StoredResult, payload: unknown): Promise<object> {
  if (!isStoredFailure(payload))
    throw new ProtocolError(
      `the failure of a task "${name}" is stored in a form that this version does not know`,
    );
  if (isBuiltInFailureType(payload.type)) return builtInFailure(payload.type, payload);
  return {
    type: payload.type,
    data: await parseErrorData(task, payload.type, payload.data),
    message: payload.message,
  };
}

/** Without a payload: the first line of the envelope is kept for the name and the times. */
function scriptedResult(
  { id, queue, task }: ResultSubject,
  value: FinishedTask,
  code: Exclude<FinishedTask['code'], '+' | '-'>,
): object {
  const { finishedAt, tries, worker, body } = value;
  // What did not decode when it was claimed does not decode now.
  const { name, createdAt, enqueuedAt } = envelopeOf(code, body) ?? {
    name: task.name,
    createdAt: finishedAt,
    enqueuedAt: finishedAt,
  };
  return {
    success: false,
    error: scriptedFailure(code),
    id,
    name,
    queue,
    createdAt,
    enqueuedAt,
    finishedAt,
    startedAt: null,
    tries,
    workerId: worker,
  };
}

/** A malformed task keeps its whole value, of which the envelope may be sound and only the payload broken. */
function envelopeOf(code: string, body: Buffer): Envelope | null {
  if (code !== 'm') return decodeEnvelope(body);
  const value = decodeTaskValue(body);
  return value?.kind === 'pending' ? value.envelope : null;
}
