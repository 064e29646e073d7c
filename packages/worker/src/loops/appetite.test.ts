import { describe, expect, it } from 'vitest';
import { Appetite } from './appetite.ts';

const create = (): Appetite => new Appetite(() => undefined);

describe('the appetite of a worker', () => {
  it('is there from the start', () => {
    expect(create().isHungry).toBe(true);
  });

  it('ends with an answer that there is no more, and comes back with the bell', () => {
    const appetite = create();
    appetite.ask();
    appetite.answer(false);
    expect(appetite.isHungry).toBe(false);
    appetite.wake();
    expect(appetite.isHungry).toBe(true);
  });

  it('survives the answer to a question that was asked before the bell rang', () => {
    const appetite = create();
    appetite.ask();
    appetite.wake();
    appetite.answer(false);
    expect(appetite.isHungry).toBe(true);
    appetite.ask();
    appetite.answer(false);
    expect(appetite.isHungry).toBe(false);
  });

  it('says when it changes, and only then', () => {
    let changes = 0;
    const appetite = new Appetite(() => {
      changes += 1;
    });
    appetite.wake();
    appetite.ask();
    appetite.answer(true);
    expect(changes).toBe(0);
    appetite.answer(false);
    expect(changes).toBe(1);
  });
});
