import { type Client, createClient } from '@q/client';
import { type AnyCall, call } from '@q/core';
import { until } from '@q/dev-redis';
import { startFaultProxy } from '../proxy/fault-proxy.ts';
import type { NetworkFault } from '../proxy/network-fault.ts';
import { plain, slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const faults: readonly NetworkFault[] = [
  { kind: 'black hole' },
  { kind: 'half-open' },
  { kind: 'replies dropped' },
  { kind: 'refused' },
  { kind: 'slow', delay: 150 },
];
/** ms */
const deadline = 2_000;
/** What a timer of a busy process may be late, ms. */
const lateness = 500;
const gracePeriod = 250;
const stopBound = gracePeriod + 3_000;

export const darkLines: Fault = {
  name: 'dark-lines',
  promise:
    'half-open, black hole, replies lost, refused, slow: every call of a client settles by its deadline, and a worker stops within its grace period + 3 s',
  sizes: { small: null, gate: 1, full: 10 },
  play: async (size) => {
    const broken: string[] = [];
    const [calls, stops]: [number[], number[]] = [[], []];
    for (let round = 0; round < size; round += 1) {
      const played = await Promise.all(faults.map(playOn));
      for (const each of played) {
        broken.push(...each.broken);
        calls.push(...each.calls);
        stops.push(each.stopped);
      }
    }
    const [longestCall, longestStop] = [Math.max(...calls), Math.max(...stops)];
    return {
      figures: { calls: calls.length, longestCall, deadline, longestStop, stopBound },
      broken: [
        ...broken,
        ...unless([
          [longestCall <= deadline + lateness, `a call took ${longestCall} ms`],
          [longestStop <= stopBound, `a worker took ${longestStop} ms to stop`],
        ]),
      ],
    };
  },
};

interface Played {
  /** How long each call took, ms. */
  readonly calls: readonly number[];
  readonly stopped: number;
  readonly broken: readonly string[];
}

async function playOn(fault: NetworkFault): Promise<Played> {
  await using rig = await Rig.open();
  await using proxy = await startFaultProxy({ target: rig.server });
  await using client = createClient({ redis: proxy.url, queue: rig.keys.queue, deadline });
  const cutOff = await rig.worker('cut-off', { url: proxy.url, gracePeriod });
  const running: AnyCall = call(slow, 60_000).start({ id: 'running' });
  await client.send(running);
  await until(async () => ((await client.status('running')) === 'running' ? true : undefined), {
    what: 'the task runs',
  });
  proxy.setFault(fault);
  const calls = await Promise.all(verbsOf(client).map(timed));
  const begunAt = performance.now();
  cutOff.signal('SIGTERM');
  const { code } = await cutOff.exited;
  const stopped = Math.round(performance.now() - begunAt);
  proxy.setFault({ kind: 'none' });
  await rig.worker('next');
  const after = await client.send(call(plain, 2));
  await after.value({ timeout: 10_000 });
  const broken = code === 0 ? [] : [`${fault.kind}: the worker ended with ${code}:\n${cutOff.lastLines()}`];
  return { calls, stopped, broken };
}

/** Everything that can be asked of a client. */
function verbsOf(client: Client): ReadonlyArray<() => PromiseLike<unknown>> {
  const handle = client.handle(slow, 'running');
  return [
    () => client.enqueue(plain, 1),
    () => client.send(call(plain, 1)),
    () => client.enqueueMany([call(plain, 1), call(plain, 2)]),
    () => handle.status(),
    () => handle.info(),
    () => handle.abort({ timeout: deadline }),
    () => handle.result({ timeout: deadline }),
    () => handle.value({ timeout: deadline }),
  ];
}

/** However it ends. */
async function timed(act: () => PromiseLike<unknown>): Promise<number> {
  const begunAt = performance.now();
  await act().then(
    () => undefined,
    () => undefined,
  );
  return Math.round(performance.now() - begunAt);
}
