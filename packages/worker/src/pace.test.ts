import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

interface Clocked {
  readonly pace: Pace;
  /** Claims so many, which take so long one after the other, and holds one more. */
  readonly work: (count: number, each: number) => void;
}

function create(most = 200): Clocked {
  let now = 1_000;
  const pace = new Pace(most, () => now);
  const work = (count: number, each: number): void => {
    pace.came(count + 1);
    for (let done = 0; done < count; done += 1) {
      now += each;
      pace.ran(each);
      pace.went();
    }
  };
  return { pace, work };
}

describe('how many tasks a worker claims ahead of its slots', () => {
  it('none before any has ended', () => {
    const { pace, work } = create();
    expect(pace.ahead).toBe(0);
    work(0, 0);
    expect(pace.ahead).toBe(0);
  });

  it.each([
    ['as many as make 5 ms of work', 0.25, 20],
    ['none of those that take longer than that', 6, 0],
    ['none of long ones', 100, 0],
    ['never more than the option says', 0.01, 200],
  ])('%s: of %d ms, %i', (_rule, each, ahead) => {
    const { pace, work } = create();
    work(400, each);
    expect(pace.ahead).toBe(ahead);
  });

  it('none when the option is 0', () => {
    const { pace, work } = create(0);
    work(400, 0.1);
    expect(pace.ahead).toBe(0);
  });

  it('none while nothing is held: what comes next is not for one worker alone', () => {
    const { pace, work } = create();
    work(400, 0.1);
    pace.went();
    expect(pace.ahead).toBe(0);
  });

  it('none behind a single long run; as many as before when enough short ones have followed', () => {
    const { pace, work } = create();
    work(400, 0.25);
    work(1, 100);
    expect(pace.ahead).toBe(0);
    work(10, 0.25);
    expect(pace.ahead).toBe(0);
    work(400, 0.25);
    expect(pace.ahead).toBeGreaterThanOrEqual(15);
  });

  it('none once tasks were stuck, until short runs end again', () => {
    const { pace, work } = create();
    work(400, 0.25);
    pace.stuck();
    expect(pace.ahead).toBe(0);
    work(400, 0.25);
    expect(pace.ahead).toBe(20);
  });

  it('counts what ends in a time, not how long each takes: handlers that wait do so side by side', () => {
    const { pace } = create();
    let now = 0;
    const beside = new Pace(200, () => now);
    beside.came(33);
    for (let round = 0; round < 50; round += 1) {
      now += 4;
      for (let slot = 0; slot < 32; slot += 1) beside.ran(4);
    }
    expect([pace.ahead, beside.ahead]).toEqual([0, 40]);
  });

  it('leaves out the time in which there was nothing to do', () => {
    let now = 0;
    const pace = new Pace(200, () => now);
    for (let burst = 0; burst < 20; burst += 1) {
      pace.came(10);
      for (let done = 0; done < 10; done += 1) {
        now += 0.5;
        pace.ran(0.5);
        pace.went();
      }
      now += 10_000;
    }
    pace.came(1);
    expect(pace.ahead).toBe(10);
  });
});
