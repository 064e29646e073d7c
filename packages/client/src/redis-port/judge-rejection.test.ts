import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { judgeRejection } from './judge-rejection.ts';

/** As ioredis makes them: with the whole command attached. */
function reply(message: string): Error {
  const error = new Error(message);
  error.name = 'ReplyError';
  return Object.assign(error, { command: { name: 'evalsha', args: ['a-secret-value'] } });
}

describe('a rejected command', () => {
  it.each([
    "READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script.',
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'MASTERDOWN Link with MASTER is down',
    'NOREPLICAS Not enough good replicas to write.',
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    'ERR Script attempted to execute a write command while the cluster is down and readonly script: 7f2a, on @user_script:9.',
    'ERR Error running script: Script attempted to access a non local key in a cluster node',
    "ERR Unable to execute command 'exists' in script because undeclared keys were accessed during rehashing of the slot script: 7f2a",
    'ERR Script attempted to access a slot not served script: 7f2a, on @user_script:9.',
  ])('is sent again after "%s"', (message) => {
    expect(judgeRejection(reply(message), 'enqueue')).toMatchObject({ kind: 'again', mayBeDone: false });
  });

  it.each([
    'Connection is closed.',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'connect ETIMEDOUT',
  ])('is sent again when there was no answer: %s', (message) => {
    expect(judgeRejection(new Error(message), 'enqueue')).toMatchObject({ kind: 'again', mayBeDone: true });
  });

  it.each([
    "OOM command not allowed when used memory > 'maxmemory'.",
    'NOPERM no permissions',
    'WRONGTYPE Operation against a key',
    'ERR unknown',
  ])('is refused for good after "%s"', (message) => {
    expect(judgeRejection(reply(message), 'enqueue')).toMatchObject({
      kind: 'refused',
      error: { reason: message.split(' ')[0] },
    });
  });

  it('needs its text when Redis does not know it', () => {
    expect(judgeRejection(reply('NOSCRIPT No matching script.'), 'enqueue')).toEqual({
      kind: 'unknown-script',
    });
  });

  it('never shows what was sent', () => {
    for (const message of ['OOM no', 'LOADING wait']) {
      expect(
        inspect(judgeRejection(reply(message), 'enqueue'), { depth: 9, showHidden: true }),
      ).not.toContain('a-secret-value');
    }
  });
});
