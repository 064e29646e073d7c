import { type RedisAddress, startClusterSet, startSentinelSet } from '@q/dev-redis';
import { clusterSlot } from './cluster-slot.ts';

/** What the tests of a run play on. */
type Topology = 'single' | 'sentinel' | 'cluster';

/** The servers that all tests of a run share: more than one, or one of which nothing needs to be known. */
export interface TestSet {
  readonly address: RedisAddress;
  /** Of the server that has every queue of the tests. */
  readonly url: string;
  /** Of all that keep data: a user has to be known to each of them. */
  readonly urls: readonly string[];
  /** Queues are named so that they lie in these slots; `null`: anywhere. */
  readonly slots: readonly [first: number, last: number] | null;
}

const variable = 'Q_TEST_SET';
/** ms: on a busy machine nobody is to be replaced. The tests of failovers have servers of their own. */
const patient = 30_000;

/** @throws Error for another word */
export function wantedTopology(env: NodeJS.ProcessEnv = process.env): Topology {
  const wanted = env['Q_TEST_TOPOLOGY'] ?? 'single';
  if (wanted === 'single' || wanted === 'sentinel' || wanted === 'cluster') return wanted;
  throw new Error(`Q_TEST_TOPOLOGY is single, sentinel or cluster; got "${wanted}"`);
}

/** Starts the set that the tests of this run share, and tells their processes of it. Answers how to end it. */
export async function startTestSet(topology: 'sentinel' | 'cluster'): Promise<() => Promise<void>> {
  const { set, stop } = topology === 'sentinel' ? await sentinelSet() : await clusterSet();
  process.env[variable] = JSON.stringify(set);
  return stop;
}

/** `null`: the tests share a single server. */
export function sharedSet(): TestSet | null {
  const text = process.env[variable];
  return text === undefined ? null : JSON.parse(text);
}

interface StartedSet {
  readonly set: TestSet;
  readonly stop: () => Promise<void>;
}

async function sentinelSet(): Promise<StartedSet> {
  const started = await startSentinelSet({ persistence: 'none', downAfter: patient });
  const { url } = await started.master();
  const set: TestSet = {
    address: { kind: 'sentinels', ...started.connection },
    url,
    urls: started.servers.map((server) => server.url),
    slots: null,
  };
  return { set, stop: () => started.stop() };
}

async function clusterSet(): Promise<StartedSet> {
  const started = await startClusterSet({ persistence: 'none', nodeTimeout: patient });
  const slots = await started.slotsWith(clusterSlot('last-of-all'));
  const { url } = await started.masterOf(slots[0]);
  const set: TestSet = {
    address: { kind: 'cluster', nodes: started.nodes },
    url,
    urls: started.servers.map((server) => server.url),
    slots,
  };
  return { set, stop: () => started.stop() };
}
