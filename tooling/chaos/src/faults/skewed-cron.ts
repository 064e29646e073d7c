import { until } from '@q/dev-redis';
import type { Facts } from '../checker/facts.ts';
import { cronName } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

/** ms by which the clocks of the workers are wrong. */
const skews = [0, 90_000, -90_000, 45_000, -45_000, 1_000, -1_000];
const second = 1_000;

/** Nobody was let run by the machine for a good part of this second: then the slot is passed over for the next one. */
function stoodStill({ faults }: Facts, slot: number): boolean {
  return faults.some(
    ({ fault, from, until }) => fault === 'freeze' && from <= slot + second && until >= slot,
  );
}

export const skewedCron: Fault = {
  name: 'skewed-cron',
  promise:
    'seven workers whose clocks are up to 90 s wrong, some of them killed and replaced: every second has exactly one occurrence',
  sizes: { small: null, gate: 5, full: 120 },
  play: async (size) => {
    await using rig = await Rig.open();
    const start = (seat: number, life: number): ReturnType<Rig['worker']> =>
      rig.worker(`worker-${seat}.${life}`, { cron: 'overlapping', skew: skews[seat] ?? 0 });
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
      .map((id) => Number(id.split(':').at(-1)))
      .filter((slot) => slot >= first && slot <= first + size * second);
    const missing = Array.from({ length: size + 1 }, (_, n) => first + n * second).filter(
      (slot) => !slots.includes(slot) && !stoodStill(facts, slot),
    );
    const completed = [...facts.runs.values()].filter(({ hasEffect }) => hasEffect);
    const twice = completed.length - new Set(completed.map(({ id }) => id)).size;
    return {
      figures: { slots: slots.length, missing: missing.length, ranTwice: twice },
      broken: [
        ...broken,
        ...unless([
          [missing.length === 0, `${missing.length} slots were left out`],
          [new Set(slots).size === slots.length, 'a slot has two occurrences'],
        ]),
      ],
    };
  },
};
