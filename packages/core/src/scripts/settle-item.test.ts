import { expect, test } from 'vitest';
import { noTries } from '../protocol/tries.ts';
import { type SettleItem, type SettleOutcome, settleArguments } from './settle-item.ts';

const result = {
  kind: 'succeed',
  ttl: 300_000,
  nonce: '',
  lock: '',
  keepLock: false,
  finishedAt: 9,
  body: '------8greet\n1',
} as const;

function item(claim: number, outcome: SettleOutcome): SettleItem {
  return { id: 'any', claim, outcome };
}

test('neighbours of one claim and kind share a line, and each has its own body', () => {
  const settles = [
    item(7, result),
    item(7, { ...result, finishedAt: 10, nonce: 'n' }),
    item(8, result),
    item(8, { kind: 'malformed' }),
    item(8, { ...result, kind: 'fail', ttl: null, lock: 'l', keepLock: true }),
  ];

  expect(settleArguments('w~1', settles)).toEqual([
    ...['+;7;300000;;', 2, '+;w~1|7\n------8greet\n1', '+;w~1|7;n\n------8greet\n1'],
    ...['+;8;300000;;', 1, '+;w~1|8\n------8greet\n1'],
    ...['malformed;8;;;', 1, ''],
    ...['-;8;-;;!l', 1, '-;w~1|8\n------8greet\n1'],
  ]);
});

test('bytes stay bytes behind their header', () => {
  const body = Buffer.from([1, 10, 255]);

  expect(settleArguments('w~1', [item(7, { ...result, body })])).toEqual([
    '+;7;300000;;',
    1,
    Buffer.concat([Buffer.from('+;w~1|7\n'), body]),
  ]);
});

test.for<[line: string, body: string | number, outcome: SettleOutcome]>([
  ['abort;1;;0,0,0,;l', '', { kind: 'abort', tries: noTries, lock: 'l', keepLock: false }],
  ['malformed;1;;;', '', { kind: 'malformed' }],
  [
    'retry;1;+0;0,0,0,;',
    '{}',
    { kind: 'retry', start: { kind: 'now' }, tries: noTries, error: '{}', lock: '' },
  ],
  [
    'retry;1;@5;0,0,0,;',
    '{}',
    { kind: 'retry', start: { kind: 'at', at: 5 }, tries: noTries, error: '{}', lock: '' },
  ],
  ['release;1;;;', '', { kind: 'release', tries: null, lock: '' }],
  ['release;1;;0,0,0,;', '', { kind: 'release', tries: noTries, lock: '' }],
  ['unknown;1;500;0,0,0,;', 9_000, { kind: 'unknown', tries: noTries, backoff: 500, grace: 9_000 }],
  ['unlock;1;;;l', '', { kind: 'unlock', lock: 'l' }],
])('it is told as %s', ([line, body, outcome]) => {
  expect(settleArguments('w~1', [item(1, outcome)])).toEqual([line, 1, body]);
});

test('no settles are no arguments', () => {
  expect(settleArguments('w~1', [])).toEqual([]);
});
