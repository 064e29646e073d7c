import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import { call } from './call.ts';
import { task } from './declare-task.ts';
import { resolveStartOptions } from './start-options.ts';

const add = task<(a: number, b: number) => number>('add');

describe('a call', () => {
  it('describes one enqueue and does nothing', () => {
    expect(call(add, 1, 2)).toMatchObject({ kind: 'call', task: add, args: [1, 2], options: {} });
  });

  it('is never thenable, so that awaiting it by mistake gives it back', async () => {
    const described = call(add, 1, 2);
    expect('then' in described).toBe(false);
    expect(await described).toBe(described);
  });

  it('stays as it is when it is started: start() makes another', () => {
    const described = call(add, 1, 2);
    const later = described.start({ delay: '1m', id: 'order-7' });
    expect(described.options).toEqual({});
    expect(later).toMatchObject({ task: add, args: [1, 2], options: { delay: '1m', id: 'order-7' } });
    expect(later.start().options).toEqual({});
    for (const frozen of [described, described.args, later, later.options])
      expect(frozen).toSatisfy(Object.isFrozen);
  });

  it('keeps its options when the object that gave them changes', () => {
    const options = { id: 'a' };
    const later = call(add, 1, 2).start(options);
    options.id = 'b';
    expect(later.options).toEqual({ id: 'a' });
  });

  it('makes no options of its own when it is given none, however many there are', () => {
    expect(resolveStartOptions(call(add, 1, 2).options)).toBe(resolveStartOptions());
  });

  it('refuses bad options in the line that gives them', () => {
    const exclusive = { delay: '1s', schedule: new Date() };
    expect(() => call(add, 1, 2).start(exclusive as never)).toThrow(ConfigError);
  });

  it.each(['add', null, {}, () => 1])('is of a task, not of %o', (other) => {
    expect(() => call(other as never)).toThrow('call() takes a task made by task()');
  });
});
