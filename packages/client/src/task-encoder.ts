import type { AnyTask } from '@q/core';
import { encodeTaskLines, joinBytes, type PendingHeader, resolveTaskOptions, uniqueLock } from '@q/core/wire';
import { monotonicNow } from './monotonic-now.ts';
import type { OutgoingTask } from './outgoing-task.ts';

type TaskHeader = Pick<PendingHeader, 'ttl' | 'lock' | 'lockMode'>;

/** What all units of a task have in common, and the lines that the last plain one of them got. */
interface Known {
  readonly header: TaskHeader;
  createdAt: number;
  enqueuedAt: number;
  lines: string;
}

/** Writes the values of outgoing tasks. Those of one task and one millisecond begin with the same lines. */
export class TaskEncoder {
  /** Id of the codec that wrote the payloads; empty for the default one. */
  readonly #codec: string;
  readonly #known = new WeakMap<AnyTask, Known>();

  constructor(codec: string) {
    this.#codec = codec;
  }

  /** @param now - epoch ms of Redis, when the call that carries it is sent. */
  encode(outgoing: OutgoingTask, now: number): string | Uint8Array {
    const createdAt = now - Math.max(0, Math.floor(monotonicNow() - outgoing.calledAt));
    return joinBytes(this.#lines(outgoing, createdAt, now), outgoing.payload);
  }

  #lines(outgoing: OutgoingTask, createdAt: number, enqueuedAt: number): string {
    const known = this.#knownOf(outgoing.task);
    if (!isPlain(outgoing)) return this.#encodeLines(outgoing, known.header, createdAt, enqueuedAt);
    if (known.createdAt === createdAt && known.enqueuedAt === enqueuedAt) return known.lines;
    known.createdAt = createdAt;
    known.enqueuedAt = enqueuedAt;
    known.lines = this.#encodeLines(outgoing, known.header, createdAt, enqueuedAt);
    return known.lines;
  }

  #encodeLines(
    { task, nonce, options }: OutgoingTask,
    header: TaskHeader,
    createdAt: number,
    enqueuedAt: number,
  ): string {
    return encodeTaskLines(
      { ...header, state: options.start.kind === 'now' ? 'q' : 'd', nonce },
      { name: task.name, createdAt, enqueuedAt, headers: options.headers, codec: this.#codec },
    );
  }

  #knownOf(task: AnyTask): Known {
    const found = this.#known.get(task);
    if (found !== undefined) return found;
    const known: Known = { header: headerOf(task), createdAt: -1, enqueuedAt: -1, lines: '' };
    this.#known.set(task, known);
    return known;
  }
}

/** Whether nothing but its task and its times stands in its lines. */
function isPlain({ nonce, options: { start, headers } }: OutgoingTask): boolean {
  if (nonce !== '' || start.kind !== 'now') return false;
  for (const _name in headers) return false;
  return true;
}

function headerOf(task: AnyTask): TaskHeader {
  const { ttl, unique } = resolveTaskOptions(task.options, task.name);
  return { ttl, lock: unique ? uniqueLock(task.name) : '', lockMode: unique ? 'u' : '' };
}
