import { describe, expect, it } from 'vitest';
import { type PlanOptions, planStrokes } from './plan.ts';

const options: PlanOptions = {
  seed: 7,
  workers: 4,
  producers: 2,
  proxies: 3,
  lease: 2_000,
  kills: 20,
  freezes: 5,
  redisKills: 5,
  failovers: 2,
  slotMoves: 3,
  networkFaults: 10,
};

describe('the plan of a storm', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(planStrokes(options)).toEqual(planStrokes(options));
    expect(planStrokes(options)).not.toEqual(planStrokes({ ...options, seed: 8 }));
  });

  it('has every stroke that was asked for, in the order of its time, within the storm', () => {
    const plan = planStrokes(options);
    const kinds = plan.map(({ stroke }) => stroke.kind);
    const counted = Object.fromEntries(
      [...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]),
    );
    expect(counted).toEqual({
      'kill worker': 15,
      'kill producer': 5,
      'freeze worker': 5,
      'kill redis': 5,
      'fail over': 2,
      'move slot': 3,
      'break network': 10,
    });
    const times = plan.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect([times.every((at) => at > 0 && at < 1), Math.max(...times) > 0.8]).toEqual([true, true]);
  });

  it('spares nobody: over many seeds every seat, proxy and kind of network fault is struck', () => {
    const struck = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      for (const { stroke } of planStrokes({ ...options, seed })) {
        if ('seat' in stroke) struck.add(`${stroke.kind} ${stroke.seat}`);
        if (stroke.kind === 'break network') struck.add(`proxy ${stroke.proxy}`).add(stroke.how);
      }
    }
    const seats = [0, 1, 2, 3].flatMap((seat) => [`kill worker ${seat}`, `freeze worker ${seat}`]);
    const network = ['cut', 'slow', 'replies dropped', 'black hole', 'half-open', 'refused'];
    const rest = ['kill producer 0', 'kill producer 1', 'proxy 0', 'proxy 1', 'proxy 2'];
    expect([...seats, ...network, ...rest].filter((each) => !struck.has(each))).toEqual([]);
  });
});
