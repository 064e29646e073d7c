import { describe, expect, it } from 'vitest';
import { Retry } from '../retry/retry.ts';
import { historyEntry } from './history-entry.ts';

describe('an entry of the history', () => {
  it('says which try failed when, and why', () => {
    expect(JSON.parse(historyEntry(new Retry('again'), 2, 5))).toEqual({
      tries: 2,
      at: 5,
      name: 'Retry',
      message: 'again',
    });
  });

  it('names the cause', () => {
    expect(
      JSON.parse(historyEntry(new Retry('again', { cause: new TypeError('disk full') }), 1, 5)).message,
    ).toBe('again (TypeError: disk full)');
  });

  it.each([
    ['plain', 'x'.repeat(100_000)],
    ['escaped', '\u0001'.repeat(100_000)],
    ['of many bytes', '€'.repeat(100_000)],
  ])('takes 4 KiB at most when the text is %s', (_what, text) => {
    const entry = historyEntry(new Retry(text, { cause: new Error(text) }), 1, 5);
    expect(Buffer.byteLength(entry)).toBeLessThanOrEqual(4_096);
    expect(JSON.parse(entry).message.length).toBeGreaterThan(400);
  });
});
