import { type AnyCall, call } from '@q/core';
import { atOnce } from '../at-once.ts';
import { poison as poisonous, slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const innocents = 1_000;
/** Before the poison. */
const before = 20;
const seats = 3;
/** ms; so long that others are running beside it each time. */
const innocentTakes = 150;
const playedAtOnce = 3;

export const poison: Fault = {
  name: 'poison',
  promise:
    'one task that kills its process among 1,000 that do not: it alone ends as crashed, after 3 deaths',
  sizes: { small: null, gate: 3, full: 20 },
  play: async (size) => {
    const deaths: number[] = [];
    const broken: string[] = [];
    let dead = 0;
    await atOnce(playedAtOnce, Array.from({ length: size }), async () => {
      await using rig = await Rig.open();
      const failures = await playOn(rig);
      const { facts, state, broken: violations } = await rig.finish();
      // It says so before it dies; that its process has ended may be heard later.
      const died = facts.faults.filter(({ fault }) => fault === 'kill').length;
      const crashed = [...state.tasks].filter(([, task]) => task.kind === 'finished' && task.code === 'c');
      dead += crashed.length;
      deaths.push(died);
      broken.push(
        ...violations,
        ...failures,
        ...unless([
          [crashed.length === 1, `${crashed.length} tasks ended as crashed: ${crashed.map(([id]) => id)}`],
          [died === 3, `it took ${died} deaths`],
          [state.tasks.size === innocents + 1, `${state.tasks.size} tasks were found`],
        ]),
      );
    });
    return { figures: { rounds: size, dead, deaths: deaths.reduce((sum, each) => sum + each, 0) }, broken };
  },
};

/** Answers why a process that died has no successor. */
async function playOn(rig: Rig): Promise<readonly string[]> {
  const calls = Array.from({ length: innocents }, (_, n) => call(slow, innocentTakes).start({ id: `i${n}` }));
  await rig.producer.enqueue(calls.slice(0, before), 'done');
  const one: AnyCall = call(poisonous).start({ id: 'poison' });
  await rig.producer.enqueue([one], 'crashed');
  await rig.producer.enqueue(calls.slice(before), 'done');
  const failures: string[] = [];
  const fill = async (seat: number, life: number): Promise<void> => {
    const name = `worker-${seat}.${life}`;
    const child = await rig.worker(name);
    child.exited
      .then(({ signal }) => {
        return signal === 'SIGKILL' ? fill(seat, life + 1) : undefined;
      })
      .catch((error: unknown) => failures.push(`${name} has no successor: ${error}`));
  };
  await Promise.all(Array.from({ length: seats }, (_, seat) => fill(seat, 1)));
  await rig.producer.result(one);
  await rig.drained();
  return failures;
}
