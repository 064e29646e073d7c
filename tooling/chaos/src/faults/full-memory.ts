import { call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const batch = 200;
const attempts = 50;

export const fullMemory: Fault = {
  name: 'full-memory',
  promise:
    'Redis is above maxmemory: every enqueue is refused with nothing written, and workers drain what is there',
  sizes: { small: 500, gate: 1_000, full: 50_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const calls = Array.from({ length: size }, (_, n) => call(plain, n).start({ id: `t${n}` }));
    for (let at = 0; at < size; at += batch) await rig.producer.enqueue(calls.slice(at, at + batch), 'done');
    await rig.redis.config('SET', 'maxmemory', '1');
    const keys = await rig.redis.dbsize();
    const codes = await Promise.all(
      Array.from({ length: attempts }, (_, n) =>
        rig.client.send(call(plain, n).start({ id: `refused-${n}` })).then(
          () => 'accepted',
          (error: { readonly code?: string }) => error.code ?? 'without a code',
        ),
      ),
    );
    const written = (await rig.redis.dbsize()) - keys;
    await rig.worker('worker', { concurrency: 32 });
    await rig.drained(120_000);
    await rig.redis.config('SET', 'maxmemory', '0');
    await rig.producer.enqueue([call(plain, 1).start({ id: 'after' })], 'done');
    await rig.drained();
    const { state, broken } = await rig.finish();
    const refused = codes.filter((code) => code === 'Q_REDIS_REFUSED').length;
    const done = [...state.tasks.values()].filter((task) => task.kind === 'finished').length;
    return {
      figures: { refused, written, drained: done - 1 },
      broken: [
        ...broken,
        ...unless([
          [refused === attempts, `enqueues ended as ${[...new Set(codes)].join(', ')}`],
          [written === 0, `${written} keys were written by what was refused`],
          [done === size + 1, `${done} of ${size + 1} tasks are done`],
        ]),
      ],
    };
  },
};
