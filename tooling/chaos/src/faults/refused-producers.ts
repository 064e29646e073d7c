import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from '@q/client';
import { type AnyCall, call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

/** ms */
const deadline = 1_000;
/** ms after a timer of the same length, which is as late as the machine is busy. */
const lateness = 500;
/** Enqueued in one go, and ms between two of them. */
const batch = 500;
const interval = 5;
/** Calls that the harness lets wait for their refusal. */
const mostPending = 40 * batch;
const refusals = ['Q_BUSY', 'Q_REDIS_UNAVAILABLE'];
const megabyte = 1_048_576;
/** MB that so many calls may hold, each with its error and what the harness keeps of it. */
const memoryBound = 40;
/** Of those that were refused, so many are enqueued again. */
const again = 500;

export const refusedProducers: Fault = {
  name: 'refused-producers',
  promise:
    'producers go on while Redis is down: every call is refused with its id when its deadline is over, memory stays bounded, and the same id again is one task',
  sizes: { small: 20_000, gate: 50_000, full: 500_000 },
  isAlone: true,
  play: async (size) => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    // Bytes, without garbage.
    const heapInUse = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await using rig = await Rig.open({ persistence: 'aof' });
    await using client = createClient({ redis: rig.server.url, queue: rig.keys.queue, deadline });
    await client.send(call(plain, 0).start({ id: 'before' }));
    await rig.server.kill();
    const tally: Tally = { accepted: 0, nameless: 0, latest: 0 };
    const base = heapInUse();
    let most = base;
    let pending: Promise<void>[] = [];
    for (let at = 0; at < size; at += batch) {
      const timer = timerOf(deadline);
      for (let n = at; n < at + batch; n += 1) pending.push(refused(client.send(callOf(n)), tally, timer));
      if (pending.length >= mostPending) {
        most = Math.max(most, heapInUse());
        await Promise.all(pending);
        pending = [];
      }
      await sleep(interval);
    }
    await Promise.all(pending);
    await rig.server.restart();
    const handles = await rig.client.enqueueMany(Array.from({ length: again }, (_, n) => callOf(n)));
    const duplicates = handles.filter(({ duplicate }) => duplicate).length;
    const stored = (await rig.redis.keys(rig.keys.task('t*'))).length;
    const grown = Math.round((most - base) / megabyte);
    return {
      figures: { refused: size - tally.accepted, ...tally, lateness, grownMb: grown, stored },
      broken: unless([
        [tally.accepted === 0, `${tally.accepted} calls were accepted by a Redis that is down`],
        [tally.nameless === 0, `${tally.nameless} refusals do not say which task`],
        [tally.latest <= lateness, `a call was refused ${tally.latest} ms after a timer of its deadline`],
        [grown <= memoryBound, `memory grew by ${grown} MB`],
        [duplicates === 0 && stored === again, `${stored} tasks of ${again}, ${duplicates} duplicates`],
      ]),
    };
  },
};

function callOf(n: number): AnyCall {
  return call(plain, n).start({ id: `t${n}` });
}

interface Tally {
  accepted: number;
  nameless: number;
  /** ms after the timer. */
  latest: number;
}

interface Timer {
  /** ms of `performance.now()`; before that nothing is late. */
  firedAt: number;
}

function timerOf(ms: number): Timer {
  const timer: Timer = { firedAt: Number.POSITIVE_INFINITY };
  setTimeout(() => {
    timer.firedAt = performance.now();
  }, ms);
  return timer;
}

/** One of a batch, whose timer was set in the same turn. */
async function refused(sent: Promise<unknown>, tally: Tally, timer: Timer): Promise<void> {
  await sent.then(
    () => {
      tally.accepted += 1;
    },
    ({ code = '', id }: { readonly code?: string; readonly id?: string }) => {
      if (id === undefined || !refusals.includes(code)) tally.nameless += 1;
    },
  );
  tally.latest = Math.max(tally.latest, Math.round(performance.now() - timer.firedAt));
}
