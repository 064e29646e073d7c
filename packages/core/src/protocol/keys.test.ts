import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isCodecId,
  isWord,
  requireLabel,
  requireQueueName,
  requireScheduleName,
  requireTaskId,
  requireTaskName,
} from '../contract/names.ts';
import { type QueueKeys, queueKeys, queuePatterns } from './keys.ts';

const queueName = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
/** Ids that look like parts of keys, among others. */
const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,128}$/),
  fc.constantFrom('task:a', 'running', ':', 'ready:', 'c:a', 'a:b', 'schedules:due'),
);

function allKeys(keys: QueueKeys, word: string): string[] {
  return Object.entries(keys).flatMap(([field, key]: [string, unknown]) => {
    if (field === 'queue') return [];
    return [typeof key === 'function' ? String(key(word)) : String(key)];
  });
}

test('no key of a queue is a key of another one, or begins as its keys do', () => {
  fc.assert(
    fc.property(queueName, queueName, id, id, (one, other, a, b) => {
      fc.pre(one !== other);
      const prefix = queuePatterns(other).keys.slice(0, -1);
      for (const key of allKeys(queueKeys(one), a)) expect(key.startsWith(prefix)).toBe(false);
      const others = new Set(allKeys(queueKeys(other), b));
      for (const key of allKeys(queueKeys(one), a)) expect(others.has(key)).toBe(false);
    }),
  );
});

test('no two keys of a queue are one, whatever the ids are', () => {
  fc.assert(
    fc.property(queueName, id, id, (queue, a, b) => {
      const keys = queueKeys(queue);
      const all = new Set([...allKeys(keys, a), ...allKeys(keys, b)]);
      const named = Object.values(keys).filter((key: unknown) => typeof key === 'function').length;
      const fixed = Object.keys(keys).length - 1 - named;
      expect(all.size).toBe(fixed + named * (a === b ? 1 : 2));
    }),
  );
});

test('all keys of a queue lie in one slot, and fit its patterns, which hold nothing that Redis would expand but the end', () => {
  fc.assert(
    fc.property(queueName, id, (queue, word) => {
      const patterns = queuePatterns(queue);
      expect(patterns.keys.slice(0, -1)).not.toMatch(/[*?[\]\\^]/);
      for (const key of allKeys(queueKeys(queue), word)) {
        expect(key.startsWith(patterns.keys.slice(0, -1))).toBe(true);
        expect(/\{(.*?)\}/.exec(key)?.[1]).toBe(queue);
      }
      expect(queueKeys(queue).channel(word).startsWith(patterns.channels.slice(0, -1))).toBe(true);
    }),
  );
});

test('whatever has a character that names do not have is refused everywhere', () => {
  const stranger = fc
    .tuple(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[^A-Za-z0-9_.:/-]$/),
      fc.string({ unit: 'binary' }),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(stranger, fc.constant('')), (text) => {
      for (const require of [
        requireTaskName,
        requireTaskId,
        requireLabel,
        requireScheduleName,
        requireQueueName,
      ])
        expect(() => require(text)).toThrow('must be 1 to');
      expect(isWord(text)).toBe(false);
      expect(isCodecId(text)).toBe(false);
    }),
    { numRuns: 200 },
  );
});
