import { describe, expect, it } from 'vitest';
import { StartBoard } from './start-board.ts';

function boards(places = 2): { readonly main: StartBoard; readonly thread: StartBoard } {
  const main = StartBoard.ofSize(places);
  return { main, thread: new StartBoard(main.memory) };
}

describe('a task on the board', () => {
  it('is started when it is taken off first', () => {
    const { main, thread } = boards();
    const place = main.post({ id: 'a', claim: 3 });
    expect(main.takeOff(place)).toBe(true);
    expect(thread.closeUnstarted()).toEqual([]);
  });

  it('is handed back when the thread comes first, under id and claim', () => {
    const { main, thread } = boards();
    const id = 'x'.repeat(128);
    const place = main.post({ id, claim: 3 });
    main.post({ id: 'b', claim: 4 });
    expect(thread.closeUnstarted()).toEqual(
      expect.arrayContaining([
        { id, claim: 3 },
        { id: 'b', claim: 4 },
      ]),
    );
    expect(thread.closeUnstarted()).toEqual([]);
    expect(main.takeOff(place)).toBe(false);
  });

  it('has a place again when another was taken off; without a place it cannot be handed back', () => {
    const { main, thread } = boards(1);
    const first = main.post({ id: 'a', claim: 1 });
    const none = main.post({ id: 'b', claim: 1 });
    expect(none).toBeNull();
    expect(main.takeOff(none)).toBe(true);
    main.takeOff(first);
    expect(main.post({ id: 'c', claim: 2 })).not.toBeNull();
    expect(thread.closeUnstarted()).toEqual([{ id: 'c', claim: 2 }]);
  });
});

describe('a claim whose answer nobody has read', () => {
  it('is handed back, and what it brings is not started', () => {
    const { main, thread } = boards();
    main.ask(2);
    expect(thread.closeUnread()).toBe(2);
    expect(thread.closeUnread()).toBeNull();
    expect(thread.isUnread(2)).toBe(true);
    expect(main.read()).toBe(false);
    expect(thread.isUnread(2)).toBe(false);
  });

  it('is not handed back when it is read first, nor when it brought nothing and is asked for again', () => {
    const { main, thread } = boards();
    expect(thread.closeUnread()).toBeNull();
    main.ask(2);
    expect(main.read()).toBe(true);
    expect(thread.closeUnread()).toBeNull();
    main.ask(2);
    thread.closeUnread();
    main.read();
    main.ask(2);
    expect(thread.isUnread(2)).toBe(false);
    expect(main.read()).toBe(true);
  });
});
