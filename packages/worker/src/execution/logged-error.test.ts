import { describe, expect, it } from 'vitest';
import { loggedError } from './logged-error.ts';

class QuotaError extends Error {
  override readonly name = 'QuotaError';
  readonly code = 'QUOTA';
}

const secret = 's3cret';

function textOf(thrown: unknown): string {
  return JSON.stringify(loggedError(thrown, 'error'));
}

describe('of what a handler throws a log tells', () => {
  it('its name, its code and where it was thrown', () => {
    expect(loggedError(new QuotaError('full'), 'error')).toEqual({
      type: 'error',
      name: 'QuotaError',
      code: 'QUOTA',
      frames: expect.arrayContaining([expect.stringMatching(/^at .*logged-error\.test\.ts:\d+:\d+/)]),
    });
  });

  it('the same of its causes', () => {
    const thrown = new Error('outer', { cause: new QuotaError('inner') });
    expect(loggedError(thrown, 'error').cause).toMatchObject({ name: 'QuotaError', code: 'QUOTA' });
  });

  it('the frames of an error without a message', () => {
    expect(loggedError(new Error(), 'error').frames).not.toEqual([]);
  });

  const renamed = new Error('x');
  renamed.name = `name of ${secret}`;
  const reworded = new Error(`it was ${secret}`);
  reworded.message = 'it was';
  const emptied = new Error(secret);
  emptied.message = '';
  const coded = Object.assign(new Error('x'), { code: `code ${secret}` });
  const stacked = new Error('x');
  stacked.stack = `Error: x ${secret}\n    at ${secret}:1:1`;

  it.each<[string, unknown]>([
    ['a message', new Error(`no such user: ${secret}`)],
    ['a message of several lines', new Error(`a\n    at ${secret} (file.js:1:1)\n    at ${secret}`)],
    ['a message above the cap', new Error(`${'x'.repeat(5_000)}\n    at ${secret}:1:1`)],
    ['the message of a cause', new Error('x', { cause: new Error(secret) })],
    ['a text', secret],
    ['an object', { message: secret, name: secret.repeat(30), stack: secret }],
    ['a name that is no word', renamed],
    ['a code that is no word', coded],
    ['a message that was changed', reworded],
    ['a message that was taken away', emptied],
    ['a stack of its own making', stacked],
  ])('nothing of %s', (_what, thrown) => {
    expect(textOf(thrown)).not.toContain(secret);
  });
});

it('of what is found wrong here, the message too', () => {
  expect(loggedError(new Error('no result within 5 ms'), 'timeout')).toMatchObject({
    type: 'timeout',
    message: 'no result within 5 ms',
  });
});
