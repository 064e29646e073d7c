import { call } from '@q/core';
import { until } from '@q/dev-redis';
import { slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const tasks = 48;
/** ms; one claim brings all, and they end one after the other. */
const shortest = 50;
const apart = 15;
/** So many have ended when Redis writes its file, and when it is killed. */
const [saved, answered] = [12, 28];
/** ms: a task that is missed twice in a row is given back, a lease apart each. */
const bound = 10_000;

export const forgetful: Fault = {
  name: 'forgetful',
  promise:
    'Redis is killed and comes back without outcomes that it had answered: each task still comes to an end, and nothing is left of its claim',
  sizes: { small: null, gate: 2, full: 30 },
  play: async (size) => {
    const broken: string[] = [];
    const waits: number[] = [];
    let forgotten = 0;
    for (let round = 0; round < size; round += 1) {
      // It has what stood in its last file, and writes none by itself.
      await using rig = await Rig.open({ persistence: 'aof', args: ['--appendonly', 'no'] });
      const lost = await playOn(rig);
      forgotten += lost.length;
      const backAt = performance.now();
      broken.push(...(await rig.drained(bound).then(() => [], toText)));
      waits.push(Math.round(performance.now() - backAt));
      broken.push(...(await unfinished(rig, lost)), ...(await rig.stopWorkers()));
    }
    const longest = Math.max(...waits);
    return {
      figures: { rounds: size, tasks: size * tasks, forgotten, longest, bound },
      broken: [...broken, ...unless([[forgotten > 0, 'Redis forgot no outcome']])],
    };
  },
};

/** Answers the ids whose outcome was answered and then forgotten. */
async function playOn(rig: Rig): Promise<readonly string[]> {
  const handles = await rig.client.enqueueMany(
    Array.from({ length: tasks }, (_, n) => call(slow, shortest + n * apart)),
  );
  await rig.worker('worker', { concurrency: tasks });
  await someEnded(rig, handles, saved);
  await rig.redis.save();
  const ended = await someEnded(rig, handles, answered);
  await rig.server.restart();
  const kept = new Set(await endedOf(rig, handles));
  return ended.filter((id) => !kept.has(id));
}

type Handles = readonly { readonly id: string }[];

/** Answers the ids of those that have ended, when there are so many. */
function someEnded(rig: Rig, handles: Handles, count: number): Promise<readonly string[]> {
  const look = async (): Promise<readonly string[] | undefined> => {
    const ended = await endedOf(rig, handles);
    return ended.length >= count ? ended : undefined;
  };
  return until(look, { what: `${count} tasks have ended`, every: 5 });
}

async function endedOf({ client }: Rig, handles: Handles): Promise<string[]> {
  const states = await Promise.all(handles.map(async ({ id }) => [id, await client.status(id)] as const));
  return states.filter(([, status]) => status === 'done').map(([id]) => id);
}

async function unfinished(rig: Rig, ids: readonly string[]): Promise<readonly string[]> {
  const ended = new Set(
    await endedOf(
      rig,
      ids.map((id) => ({ id })),
    ),
  );
  const worker = (await rig.redis.zrange(rig.keys.workers, '0', '-1'))[0] ?? '';
  const claims = Object.keys(await rig.redis.hgetall(rig.keys.claims(worker))).filter(
    (field) => field !== 'n',
  );
  return [
    ...ids.filter((id) => !ended.has(id)).map((id) => `${id} has not ended`),
    ...claims.map((number) => `claim ${number} is still listed`),
  ];
}

function toText(error: unknown): readonly string[] {
  return [error instanceof Error ? error.message : String(error)];
}
