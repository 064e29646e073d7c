import type { AnyTask } from '@q/core';
import {
  byteLength,
  encodeTaskValue,
  newTaskId,
  newWireId,
  type PendingHeader,
  type ResolvedStartOptions,
  resolveTaskOptions,
  uniqueLock,
} from '@q/core/wire';
import type { Payload } from './capture-arguments.ts';

/** One enqueue that is ready to be sent. */
export interface OutgoingTask {
  readonly task: AnyTask;
  readonly id: string;
  /** Tells a repeat of this very send from somebody else's task. A generated id needs none: nobody else has it. */
  readonly nonce: string;
  readonly options: ResolvedStartOptions;
  readonly payload: Payload;
  /** Id of the codec; empty for the default one. */
  readonly codec: string;
  /** When `enqueue` was called, in ms of the monotonic clock: the clock of Redis may not be known yet. */
  readonly calledAt: number;
  /** Roughly what it takes on the wire. */
  readonly bytes: number;
}

export interface OutgoingFacts {
  readonly options: ResolvedStartOptions;
  readonly payload: Payload;
  readonly codec: string;
  readonly calledAt: number;
}

/** Header line, envelope line, keys and lengths of one item without headers. */
const overhead = 320;

export function outgoingTask(task: AnyTask, facts: OutgoingFacts): OutgoingTask {
  const { id } = facts.options;
  const headers = Object.entries(facts.options.headers);
  const headerBytes = headers.reduce((sum, [name, value]) => sum + 3 * (name.length + value.length) + 6, 0);
  return {
    task,
    id: id ?? newTaskId(),
    nonce: id === undefined ? '' : newWireId(),
    ...facts,
    bytes: overhead + headerBytes + byteLength(facts.payload),
  };
}

/** @param createdAt - epoch ms of Redis at which `enqueue` was called. @param enqueuedAt - and at which this is sent. */
export function encodeOutgoing(
  outgoing: OutgoingTask,
  createdAt: number,
  enqueuedAt: number,
): string | Uint8Array {
  const { task, nonce, options, codec, payload } = outgoing;
  const header: PendingHeader = { ...headerOf(task), state: options.start.kind === 'now' ? 'q' : 'd', nonce };
  return encodeTaskValue(
    header,
    { name: task.name, createdAt, enqueuedAt, headers: options.headers, codec },
    payload,
  );
}

type TaskHeader = Pick<PendingHeader, 'ttl' | 'lock' | 'lockMode'>;

const headers = new WeakMap<AnyTask, TaskHeader>();

/** The same for all units of a task, so worked out once. */
function headerOf(task: AnyTask): TaskHeader {
  const found = headers.get(task);
  if (found !== undefined) return found;
  const { ttl, unique } = resolveTaskOptions(task.options, task.name);
  const header: TaskHeader = { ttl, lock: unique ? uniqueLock(task.name) : '', lockMode: unique ? 'u' : '' };
  headers.set(task, header);
  return header;
}
