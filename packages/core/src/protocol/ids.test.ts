import { expect, test } from 'vitest';
import { newTaskId, newWireId } from './ids.ts';

const uuidv7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a task id is a UUIDv7 that begins with its time', () => {
  const id = newTaskId(0x0123456789ab);

  expect(id).toMatch(uuidv7);
  expect(id.slice(0, 13)).toBe('01234567-89ab');
});

test('a time with fractions and the time zero make ids too', () => {
  expect(newTaskId(1_700_000_000_000.75)).toMatch(uuidv7);
  expect(newTaskId(0)).toMatch(/^00000000-0000-7/);
});

test('ids of later milliseconds sort later', () => {
  const ids = Array.from({ length: 50 }, (_, at) => newTaskId(1_700_000_000_000 + at));

  expect(ids.toSorted()).toEqual(ids);
});

test('ids do not repeat, also across refills of the random pool', () => {
  const tasks = Array.from({ length: 5_000 }, () => newTaskId(1));
  const wires = Array.from({ length: 5_000 }, () => newWireId());

  expect(new Set(tasks).size).toBe(5_000);
  expect(new Set(wires).size).toBe(5_000);
});

test('a wire id is 16 characters that stand in keys and tags as they are', () => {
  for (let at = 0; at < 500; at += 1) expect(newWireId()).toMatch(/^[A-Za-z0-9_-]{16}$/);
});

test('every random bit of an id takes both values', () => {
  const digits = Array.from({ length: 400 }, () => newTaskId(1).replaceAll('-', '').slice(12));
  for (const at of [1, 2, 3, 5, 10, 19]) expect(new Set(digits.map((text) => text[at])).size).toBe(16);
  expect(new Set(digits.map((text) => text[4])).size).toBe(4);
});
