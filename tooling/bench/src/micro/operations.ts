import { randomUUID } from 'node:crypto';
import { createClientOn } from '@q/client/port';
import { call, defaultCodec, type Task, task } from '@q/core';
import {
  byteLength,
  decodeResultMessage,
  decodeTaskValue,
  defaultTtl,
  encodeTaskValue,
  newTaskId,
} from '@q/core/wire';
import superjson from 'superjson';
import { createPayload, type Payload } from '../payload.ts';
import { instantPort } from './instant-port.ts';

/** One of the hot pure parts, or what it is compared with. */
export interface Operation {
  readonly name: string;
  /** Does it so many times at once: a single one is shorter than what it takes to look at a clock. */
  readonly run: (times: number) => void | Promise<void>;
}

const plain = [createPayload(100)];
const rich = [{ ...createPayload(60), at: new Date(0) }];
const plainBytes = Buffer.from(defaultCodec.encode(plain));
const richBytes = Buffer.from(defaultCodec.encode(rich));
const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: defaultTtl } as const;
const facts = {
  codec: '',
  createdAt: 1_700_000_000_000,
  enqueuedAt: 1_700_000_000_001,
  name: 'bench.work',
  headers: {},
};
const text = plainBytes.toString();
const taskBytes = Buffer.from(encodeTaskValue(header, facts, text));
const resultMessage = Buffer.from(`${newTaskId()};${taskBytes.length}\n${taskBytes.toString()}`);
const work: Task<(payload: Payload) => void> = task('bench.work');
const client = createClientOn(instantPort());
const payload = createPayload(100);

export const operations: readonly Operation[] = [
  repeated('codec: write 100 B of plain JSON', () => defaultCodec.encode(plain)),
  repeated('– JSON.stringify of the same', () => JSON.stringify(plain)),
  repeated('– superjson.stringify of the same', () => superjson.stringify(plain)),
  repeated('codec: write 100 B with a Date', () => defaultCodec.encode(rich)),
  repeated('– superjson.stringify of the same', () => superjson.stringify(rich)),
  repeated('codec: read 100 B of plain JSON', () => defaultCodec.decode(plainBytes)),
  repeated('– JSON.parse of the same bytes', () => JSON.parse(plainBytes.toString())),
  repeated('codec: read 100 B with a Date', () => defaultCodec.decode(richBytes)),
  repeated('id: a new task id', () => newTaskId()),
  repeated('– crypto.randomUUID', () => randomUUID()),
  repeated('envelope: write a task, count its bytes', () => byteLength(encodeTaskValue(header, facts, text))),
  repeated('envelope: read a task', () => decodeTaskValue(taskBytes)),
  repeated('result: read a published message', () => decodeResultMessage(resultMessage)),
  {
    name: 'coalescer: enqueue side by side, without Redis',
    run: async (times) => {
      await Promise.all(Array.from({ length: times }, () => client.enqueue(work, payload)));
    },
  },
  {
    name: 'coalescer: enqueueMany, without Redis',
    run: async (times) => {
      await client.enqueueMany(Array.from({ length: times }, () => call(work, payload)));
    },
  },
  {
    name: 'coalescer: enqueue one after another, without Redis',
    run: async (times) => {
      for (let done = 0; done < times; done += 1) await client.enqueue(work, payload);
    },
  },
];

function repeated(name: string, act: () => unknown): Operation {
  return {
    name,
    run: (times) => {
      // What nobody looks at may be compiled away.
      for (let done = 0; done < times; done += 1) sink = act();
      if (sink === undefined) throw new Error(`${name} made nothing`);
    },
  };
}

let sink: unknown;
