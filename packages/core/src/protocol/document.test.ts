import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { luaSources } from '../lua/sources.gen.ts';
import type { EnvelopeFacts } from './envelope.ts';
import type { PendingHeader } from './header.ts';
import { queueKeys } from './keys.ts';
import { uniqueLock } from './lock.ts';
import { decodeResult, encodeResult, type ResultFacts } from './result.ts';
import { decodeResultMessage } from './result-message.ts';
import { decodeTaskValue, encodeTaskValue } from './task-value.ts';
import { decodeTries, encodeTries, type TriesRecord } from './tries.ts';
import { PROTOCOL_VERSION } from './version.ts';

interface Golden {
  readonly tasks: ReadonlyArray<{
    readonly bytes: string;
    readonly header: PendingHeader;
    readonly facts: EnvelopeFacts;
    readonly payload: string;
  }>;
  readonly finished: ReadonlyArray<{
    readonly bytes: string;
    readonly header: object;
    readonly result?: ResultFacts;
    readonly payload?: string;
  }>;
  readonly tries: ReadonlyArray<{ readonly text: string; readonly record: TriesRecord }>;
  readonly messages: ReadonlyArray<{
    readonly text: string;
    readonly results: ReadonlyArray<{ readonly id: string; readonly value: string | null }>;
  }>;
  readonly locks: ReadonlyArray<{ readonly name: string; readonly lock: string }>;
}

const text = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8');
const golden: Golden = JSON.parse(/```json golden\n(.*?)\n```/s.exec(text)?.[1] ?? '{}');

test.for(golden.tasks)(
  'the document and the code agree on the task $bytes',
  ({ bytes, header, facts, payload }) => {
    expect(encodeTaskValue(header, facts, payload)).toBe(bytes);
    const decoded = decodeTaskValue(Buffer.from(bytes));
    expect(decoded).toMatchObject({
      kind: 'pending',
      ...header,
      envelope: { ...facts, payload: Buffer.from(payload) },
    });
  },
);

test.for(golden.finished)(
  'the document and the code agree on the result $bytes',
  ({ bytes, header, result, payload }) => {
    const decoded = decodeTaskValue(Buffer.from(bytes));
    expect(decoded).toEqual({ kind: 'finished', ...header, body: expect.any(Buffer) });
    if (result === undefined || decoded?.kind !== 'finished') return;
    expect(decodeResult(decoded)).toEqual({ ...result, payload: Buffer.from(payload ?? '') });
    expect(decoded.body.toString()).toBe(encodeResult(result, payload ?? ''));
  },
);

test('the document and the code agree on tries records, messages and locks', () => {
  for (const { text: written, record } of golden.tries) {
    expect(encodeTries(record)).toBe(written);
    expect(decodeTries(written)).toEqual(record);
  }
  for (const { text: message, results } of golden.messages) {
    const read = decodeResultMessage(Buffer.from(message)).map(({ id, value }) => ({
      id,
      value: value?.toString() ?? null,
    }));
    expect(read).toEqual(results);
  }
  for (const { name, lock } of golden.locks) expect(uniqueLock(name)).toBe(lock);
});

test('the document has fixtures of every kind', () => {
  for (const kind of ['tasks', 'finished', 'tries', 'messages', 'locks'] as const)
    expect(golden[kind].length).toBeGreaterThan(0);
});

test('the document names every script, every key and the version of the code', () => {
  for (const script of Object.keys(luaSources)) expect(text).toContain(`| \`${script}\` |`);
  const prefix = 'q:{queue}:';
  const { queue: _, channel, ...keys } = queueKeys('queue');
  for (const key of Object.values(keys)) {
    const name = typeof key === 'string' ? key : key('x');
    const written = name
      .slice(prefix.length)
      .replace(/^(task|history):x$/, '$1:<id>')
      .replace(/:x$/, ':<w>');
    expect(text, name).toContain(`| \`${written}\``);
  }
  expect(channel('<client>')).toBe(`${prefix}c:<client>`);
  expect(text).toContain(`It is version **${PROTOCOL_VERSION}**`);
});
