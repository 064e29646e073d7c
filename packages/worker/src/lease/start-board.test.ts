import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { StartBoard } from './start-board.ts';

function boards(places = 2): { readonly main: StartBoard; readonly thread: StartBoard } {
  const main = StartBoard.ofSize(places);
  return { main, thread: new StartBoard(main.memory) };
}

function placeOf(place: number | null): number {
  if (place === null) throw new Error('there is no place');
  return place;
}

describe('a task on the board', () => {
  it('is started when it is taken off first', () => {
    const { main, thread } = boards();
    expect(main.takeOff(placeOf(main.post(3, ['a'])))).toBe(true);
    expect(thread.closeUnstarted()).toEqual([]);
  });

  it('is handed back when the thread comes first, under id and claim', () => {
    const { main, thread } = boards();
    const id = 'x'.repeat(128);
    const place = placeOf(main.post(3, [id, 'y'.repeat(128)]));
    main.post(4, ['b']);
    expect(main.takeOff(place + 1)).toBe(true);
    expect(thread.closeUnstarted()).toEqual([
      { id, claim: 3 },
      { id: 'b', claim: 4 },
    ]);
    expect(thread.closeUnstarted()).toEqual([]);
    expect(main.takeOff(place)).toBe(false);
  });

  it('has a place again when another was taken off; without a place it is not handed back', () => {
    const { main, thread } = boards();
    const places = Array.from({ length: 16 }, (_, claim) => placeOf(main.post(claim + 1, ['a', 'b'])));
    expect(main.post(17, ['c'])).toBeNull();
    expect(thread.closeUnstarted()).toHaveLength(32);
    const [first = 0] = places;
    main.takeOff(first);
    expect(main.post(17, ['c'])).toBeNull();
    main.takeOff(first + 1);
    expect(main.post(17, ['c'])).toBe(first);
    expect(thread.closeUnstarted()).toEqual([{ id: 'c', claim: 17 }]);
  });

  it('goes to one of the two, also when both reach for it at once', { timeout: 20_000 }, async () => {
    const { main } = boards(1);
    const thread = new Worker(new URL('../test-support/closing-thread.mjs', import.meta.url), {
      workerData: main.memory,
    });
    const started: string[] = [];
    const left: string[] = [];
    await once(thread, 'message');
    for (let claim = 1; (left.length < 50 || started.length < 50) && claim < 1_000_000; claim += 1) {
      const place = placeOf(main.post(claim, [`t${claim}`]));
      for (let spin = claim % 100; spin > 0; spin -= 1) Atomics.load(new Int32Array(main.memory), 0);
      (main.takeOff(place) ? started : left).push(`t${claim}`);
    }
    thread.postMessage('stop');
    expect(Math.min(left.length, started.length)).toBeGreaterThan(0);
    const [closed] = await once(thread, 'message');
    expect(closed).toEqual(left.map((id) => ({ id, claim: Number(id.slice(1)) })));
  });
});

describe('a claim whose answer nobody has read', () => {
  it('is handed back, and what it brings is not started', () => {
    const { main, thread } = boards();
    main.ask(2);
    expect(thread.closeUnread()).toBe(2);
    expect(thread.closeUnread()).toBeNull();
    expect(main.read(2)).toBe(false);
    main.ask(3);
    expect(main.read(3)).toBe(true);
  });

  it('is not handed back when it is read first, nor when nothing is asked for', () => {
    const { main, thread } = boards();
    expect(thread.closeUnread()).toBeNull();
    main.ask(2);
    expect(main.read(2)).toBe(true);
    expect(thread.closeUnread()).toBeNull();
    main.ask(3);
    main.rest();
    expect(thread.closeUnread()).toBeNull();
    expect(main.read(3)).toBe(true);
  });

  it('stays handed back when its first answer brings nothing: a second call may bring it', () => {
    const { main, thread } = boards();
    main.ask(2);
    expect(thread.closeUnread()).toBe(2);
    main.rest();
    main.ask(2);
    expect(thread.closeUnread()).toBeNull();
    expect(main.read(2)).toBe(false);
  });

  it('is handed back although a claim before it was, and brought nothing', () => {
    const { main, thread } = boards();
    main.ask(2);
    thread.closeUnread();
    main.ask(3);
    expect(thread.closeUnread()).toBe(3);
    expect(main.read(3)).toBe(false);
  });
});
