import { type ClaimedTask, noTries, type StepReply } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../in-flight.ts';
import { Appetite } from './appetite.ts';
import { Courtesy } from './courtesy.ts';
import { StepLoop, type StepParts } from './step.ts';

const now = 1_700_000_000_000;

interface Rig {
  readonly step: StepLoop;
  readonly parts: Pick<StepParts, 'inFlight' | 'appetite' | 'courtesy'>;
  /** Ids in the order in which they came to be held. */
  readonly taken: string[];
}

/** A loop that talks to nobody: what is answered is told by the test. */
function rig(room = 4): Rig {
  const taken: string[] = [];
  const parts = {
    inFlight: new InFlight(),
    appetite: new Appetite(() => undefined),
    courtesy: new Courtesy(),
  };
  const holdings = {
    room,
    isRunningDry: false,
    canStart: false,
    fill: () => undefined,
    ask: () => undefined,
    take: (_claim: number, deliveries: ReadonlyArray<{ readonly id: string }>) =>
      taken.push(...deliveries.map(({ id }) => id)),
  };
  const rest = { worker: 'w~1', lease: 30_000, settles: { size: 0 }, onAnswered: () => undefined };
  const step = new StepLoop({ ...parts, ...rest, holdings } as unknown as StepParts);
  parts.appetite.answer(false);
  return { step, parts, taken };
}

function claimed(number: number, ...ids: string[]): StepReply {
  const deliveries = ids.map((id): ClaimedTask => ({ id, value: Buffer.from('q;;;;;;'), tries: noTries }));
  const rest = { suspect: false, more: false, tendAgain: false, nextAt: null };
  return { now, verdicts: new Map(), claim: { kind: 'claimed', number, deliveries, ...rest } };
}

function parked(step: StepLoop): NonNullable<ReturnType<StepLoop['park']>> {
  const call = step.park();
  if (call === null) throw new Error('nothing was parked');
  return call;
}

describe('a parked claim', () => {
  it('asks for what there is room for, and tends if that is due', () => {
    const { step } = rig(4);
    expect(step.park()).toMatchObject({ want: 4, acked: 0, tend: 'if-due', listens: 'none', settles: [] });
    expect(step.isAsking).toBe(true);
  });

  it('is counted when it is answered, and the next one starts from there', () => {
    const { step, taken, parts } = rig();
    step.unpark(parked(step), claimed(1, 'a', 'b'));
    expect(taken).toEqual(['a', 'b']);
    expect(parts.appetite.isHungry).toBe(false);
    expect(parked(step).acked).toBe(1);
  });

  it('that was overtaken by another takes nothing a second time, and asks anew', () => {
    const { step, taken, parts } = rig();
    const overtaken = parked(step);
    step.unpark(overtaken, claimed(1, 'a'));
    expect(parts.appetite.isHungry).toBe(false);
    // Redis repeats all that is held, and names the newest claim.
    step.unpark(overtaken, claimed(2, 'a', 'b'));
    expect(taken).toEqual(['a']);
    expect(step.acked).toBe(1);
    expect(parts.appetite.isHungry).toBe(true);
  });

  it('whose answer nobody knows is followed by a claim of the usual kind', () => {
    const { step, parts } = rig();
    step.unpark(parked(step), null);
    expect(step.isAsking).toBe(false);
    expect(parts.appetite.isHungry).toBe(true);
  });

  it('is left out beside another, without room, while something is held, and while others go first', () => {
    const { step } = rig();
    parked(step);
    expect(step.park()).toBeNull();
    expect(rig(0).step.park()).toBeNull();
    const polite = rig();
    polite.parts.courtesy.putOff(now);
    expect(polite.step.park()).toBeNull();
    const busy = rig();
    busy.parts.inFlight.add({ delivery: { id: 'a', claim: 1 } } as unknown as Parameters<InFlight['add']>[0]);
    expect(busy.step.park()).toBeNull();
  });
});
