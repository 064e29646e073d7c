import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import { prefixOf } from '../prefix-of.ts';
import { flaky, lonely, plain, slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

/** ms until new work has to flow. */
const bound = 2_000;
/** ms between two bunches of tasks. */
const interval = 20;

/**
 * One for each kind of key: by its beginning, without the prefix of the queue. `dead` and `suspects` are there only
 * beside a worker that has died; the tests of the audit delete those.
 */
const kinds = [
  ...['ready:', 'running', 'workers', 'worker:', 'claims:', 'bell:', 'inbox:', 'due', 'tries', 'history:'],
  ...['unique', 'watch', 'aborts', 'meta', 'task:', 'schedules', 'schedules:due', 'schedules:last'],
];

/** Answers 0 when there was nothing to deal it to. */
type Blow = readonly [name: string, deal: (rig: Rig) => Promise<unknown>];

const blows: readonly Blow[] = [
  ['FLUSHALL', (rig) => rig.redis.flushall()],
  ['SCRIPT FLUSH', (rig) => rig.redis.script('FLUSH')],
  ['restart with its data', (rig) => rig.server.restart({ keepData: true })],
  ['restart without its data', (rig) => rig.server.restart({ keepData: false })],
  ...kinds.map((kind): Blow => [`DEL ${kind}`, (rig) => deleteOne(rig, kind)]),
];

export const wiped: Fault = {
  name: 'wiped',
  promise:
    'FLUSHALL, SCRIPT FLUSH, a restart with and without data, DEL of any one key, under load: no worker exits, and new work flows within 2 s',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using rig = await Rig.open({ persistence: 'aof' });
    const workers = await Promise.all(['a', 'b'].map((name) => rig.worker(name, { cron: 'unique' })));
    await using load = startLoad(rig);
    const waits: Array<readonly [name: string, ms: number]> = [];
    const missed: string[] = [];
    for (let round = 0; round < size; round += 1) {
      for (const [name, deal] of blows) {
        if ((await deal(rig)) === 0) missed.push(name);
        waits.push([name, await untilNewWorkFlows(rig)]);
      }
    }
    const exited = workers.filter((worker) => worker.hasExited()).length;
    await load.stop();
    const broken = [...(await rig.stopWorkers())];
    const late = waits
      .filter(([, ms]) => ms > bound)
      .map(([name, ms]) => `${name}: new work flowed after ${ms} ms`);
    const longest = Math.max(...waits.map(([, ms]) => ms));
    return {
      figures: { blows: waits.length, missed: missed.length, exited, longest, bound },
      broken: [
        ...broken,
        ...late,
        ...unless([
          [exited === 0, `${exited} workers exited`],
          [missed.length === 0, `there was nothing for ${missed.join(', ')}`],
        ]),
      ],
    };
  },
};

/** A new task, from its enqueue to its result: another one is sent when Redis has lost it meanwhile. */
async function untilNewWorkFlows({ client }: Rig): Promise<number> {
  const begunAt = performance.now();
  while (performance.now() - begunAt < 10 * bound) {
    const isDone = await client
      .send(call(plain, 1))
      .then((handle) => handle.value({ timeout: bound }))
      .then(
        () => true,
        () => false,
      );
    if (isDone) break;
  }
  return Math.round(performance.now() - begunAt);
}

/** The first that is found of this kind; most are there at moments only. Answers how many. */
async function deleteOne({ redis, keys }: Rig, kind: string): Promise<number> {
  const prefix = prefixOf(keys);
  const giveUpAt = performance.now() + bound;
  while (performance.now() < giveUpAt) {
    const [found] = kind.endsWith(':') ? await redis.keys(`${prefix}${kind}*`) : [prefix + kind];
    if (found !== undefined && (await redis.del(found)) > 0) return 1;
  }
  return 0;
}

interface Load extends AsyncDisposable {
  readonly stop: () => Promise<void>;
}

/** Tasks of all kinds; what becomes of them is of no interest. */
function startLoad({ client }: Rig): Load {
  let isOver = false;
  const enqueueAll = async (): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const calls = [
        call(plain, n),
        call(slow, 30),
        call(flaky, 1, 100),
        call(plain, n).start({ delay: 200 }),
        call(lonely, 20),
      ];
      await client.enqueueMany(calls).then(
        ([first, second]) => {
          first?.result({ timeout: bound }).catch(() => undefined);
          second?.abort().catch(() => undefined);
        },
        () => undefined,
      );
      await sleep(interval);
    }
  };
  const enqueued = enqueueAll();
  const stop = async (): Promise<void> => {
    isOver = true;
    await enqueued;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}
