import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface AbortInput {
  readonly id: string;
  /** Epoch ms of Redis after which nothing is written any more. */
  readonly notAfter: number;
}

/** `asked`: it is running, its worker has been told. `aborted` also when it had been aborted before. */
export interface AbortReply {
  readonly kind: 'aborted' | 'asked' | 'finished' | 'missing' | 'late';
  readonly now: number;
}

export const abort: Script<AbortInput, AbortReply> = {
  name: 'abort',
  keys: (keys, { id }) => [keys.running, keys.task(id), keys.aborts, keys.due, keys.tries, keys.watch],
  argv: ({ id, notAfter }) => [id, notAfter],
  reply: (raw) => {
    const [now, status] = readList(raw, 'abort');
    const kind = readText(status, 'abort');
    switch (kind) {
      case 'aborted':
      case 'asked':
      case 'finished':
      case 'missing':
      case 'late':
        return { kind, now: readNumber(now, 'abort') };
      default:
        throw unexpected('abort', raw);
    }
  },
};
