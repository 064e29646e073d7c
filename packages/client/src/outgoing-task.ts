import type { AnyTask } from '@q/core';
import { byteLength, type EnqueuedItem, newTaskId, newWireId, type ResolvedStartOptions } from '@q/core/wire';
import type { Payload } from './capture-arguments.ts';

export interface OutgoingFacts {
  readonly options: ResolvedStartOptions;
  readonly payload: Payload;
  /** When `enqueue` was called, in whole ms of the monotonic clock: the clock of Redis may not be known yet. */
  readonly calledAt: number;
}

/** Header line, envelope line, keys and lengths of one item without headers. */
const overhead = 320;

/**
 * One enqueue that is ready to be sent, and whoever waits for it. There is one for every task of a burst at the same
 * time, so it is one flat object, its times are whole numbers, and what all have in common is elsewhere.
 */
export abstract class OutgoingTask {
  readonly task: AnyTask;
  readonly id: string;
  /** Tells a repeat of this very send from somebody else's task. A generated id needs none: nobody else has it. */
  readonly nonce: string;
  readonly options: ResolvedStartOptions;
  readonly payload: Payload;
  readonly calledAt: number;
  /** Roughly what it takes on the wire. */
  readonly bytes: number;
  /** Order of arrival at the coalescer, which owns this: what a failed call gives back goes to its old place. */
  place = 0;
  /** Whole ms of the monotonic clock, set by the coalescer. The deadline is the same for all, so the first in line is the first to expire. */
  expiresAt = 0;

  constructor(task: AnyTask, { options, payload, calledAt }: OutgoingFacts) {
    const { id, headers } = options;
    this.task = task;
    this.id = id ?? newTaskId();
    this.nonce = id === undefined ? '' : newWireId();
    this.options = options;
    this.payload = payload;
    this.calledAt = calledAt;
    this.bytes = overhead + headerBytes(headers) + byteLength(payload);
  }

  /** Redis has answered. Called at most once, and never together with `refused`. */
  abstract answered(answer: EnqueuedItem): void;
  /** It was not sent, or nobody knows. */
  abstract refused(error: unknown): void;
}

function headerBytes(headers: ResolvedStartOptions['headers']): number {
  let bytes = 0;
  for (const name in headers) bytes += 3 * (name.length + (headers[name]?.length ?? 0)) + 6;
  return bytes;
}
