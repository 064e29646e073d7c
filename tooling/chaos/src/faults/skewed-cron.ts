import { until } from '@q/dev-redis';
import type { Facts } from '../checker/facts.ts';
import { cronName } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

/** ms by which the clocks of the workers are wrong. */
const skews = [0, 90_000, -90_000, 45_000, -45_000, 1_000, -1_000];
const second = 1_000;
/** ms; longer than an occurrence takes. */
const gracePeriod = 1_000;

/** Whether nobody was let run by the machine in some part of this second: then the slot is passed over for the next one. */
function stoodStill({ faults }: Facts, slot: number): boolean {
  const still = faults.filter(
    ({ fault, from, until }) =>
      (fault === 'stall' || fault === 'kill') && from <= slot + second && until >= slot,
  );
  return new Set(still.map(({ victim }) => seatOf(victim))).size === skews.length;
}

/** Epoch ms. */
function slotOf(id: string): number {
  return Number(id.split(':').at(-1));
}

function seatOf(worker: string): string {
  return worker.split('.')[0] ?? '';
}

export const skewedCron: Fault = {
  name: 'skewed-cron',
  promise:
    'seven workers whose clocks are up to 90 s wrong, some of them killed and replaced: every second has exactly one occurrence, which no clock brings early',
  sizes: { small: null, gate: 5, full: 120 },
  play: async (size) => {
    await using rig = await Rig.open();
    const start = (seat: number, life: number): ReturnType<Rig['worker']> =>
      rig.worker(`worker-${seat}.${life}`, { cron: 'overlapping', skew: skews[seat] ?? 0, gracePeriod });
    const crew = await Promise.all(skews.map((_, seat) => start(seat, 1)));
    const last = async (): Promise<number> => Number(await rig.redis.hget(rig.keys.schedulesLast, cronName));
    const first = await until(async () => (await last()) || undefined, { what: 'the first slot is fired' });
    for (let slot = 1; slot <= size; slot += 1) {
      const seat = slot % skews.length;
      const victim = crew[seat];
      if (slot % 3 === 0 && victim !== undefined) {
        victim.signal('SIGKILL');
        rig.note('kill', victim.name);
        crew[seat] = await start(seat, slot);
      }
      const isFired = async (): Promise<true | undefined> =>
        (await last()) >= first + slot * second ? true : undefined;
      await until(isFired, { what: `slot ${slot} is fired` });
    }
    await rig.stopWorkers();
    const { facts, state, broken } = await rig.finish();
    const slots = [...state.tasks.keys()]
      .map(slotOf)
      .filter((slot) => slot >= first && slot <= first + size * second);
    const missing = Array.from({ length: size + 1 }, (_, n) => first + n * second).filter(
      (slot) => !slots.includes(slot),
    );
    const excused = missing.filter((slot) => stoodStill(facts, slot)).length;
    const runs = [...facts.runs.values()];
    const early = runs.filter(({ id, startedAt }) => startedAt < slotOf(id)).length;
    const completed = runs.filter(({ hasEffect }) => hasEffect);
    const twice = completed.length - new Set(completed.map(({ id }) => id)).size;
    return {
      figures: { slots: slots.length, missing: missing.length, excused, early, ranTwice: twice },
      broken: [
        ...broken,
        ...unless([
          [missing.length === excused, `${missing.length - excused} slots were left out`],
          [early === 0, `${early} occurrences ran before their slot`],
        ]),
      ],
    };
  },
};
