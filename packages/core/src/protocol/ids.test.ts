import { expect, test } from 'vitest';
import { newTaskId, newWireId } from './ids.ts';

const twenty = /^[A-Za-z0-9_-]{20}$/;

test('a task id is 20 characters and begins with its time', () => {
  const id = newTaskId(1_700_000_000_000);

  expect(id).toMatch(twenty);
  expect(id.slice(0, 7)).toBe(newTaskId(1_700_000_000_000).slice(0, 7));
  expect(id.slice(0, 7)).not.toBe(newTaskId(1_700_000_000_001).slice(0, 7));
});

test('a time with fractions and the time zero make ids too', () => {
  expect(newTaskId(1_700_000_000_000.75).slice(0, 7)).toBe(newTaskId(1_700_000_000_000).slice(0, 7));
  expect(newTaskId(0)).toMatch(/^-{7}[A-Za-z0-9_-]{13}$/);
});

test('ids of later milliseconds sort later', () => {
  const times = Array.from({ length: 200 }, (_, at) => 1_700_000_000_000 + at);
  for (let bit = 0; bit < 41; bit += 1) times.push(2 ** bit - 1, 2 ** bit, 2 ** 42 - 2 ** bit);
  times.sort((one, other) => one - other);
  const prefixes = [...new Set(times)].map((time) => newTaskId(time).slice(0, 7));

  expect(prefixes.toSorted()).toEqual(prefixes);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test('ids do not repeat, also across refills of the random pool', () => {
  const tasks = Array.from({ length: 5_000 }, () => newTaskId(1));
  const wires = Array.from({ length: 5_000 }, () => newWireId());

  expect(new Set(tasks).size).toBe(5_000);
  expect(new Set(wires).size).toBe(5_000);
});

test('a wire id is 10 characters that stand in keys and tags as they are', () => {
  for (let at = 0; at < 500; at += 1) expect(newWireId()).toMatch(/^[A-Za-z0-9_-]{10}$/);
});

test('every character after the time takes all 64 values', () => {
  const ids = Array.from({ length: 3_000 }, () => newTaskId(1));
  for (let at = 7; at < 20; at += 1) expect(new Set(ids.map((id) => id[at])).size).toBe(64);
});

test('every character of a wire id takes all 64 values', () => {
  const ids = Array.from({ length: 3_000 }, () => newWireId());
  for (let at = 0; at < 10; at += 1) expect(new Set(ids.map((id) => id[at])).size).toBe(64);
});
