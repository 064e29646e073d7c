import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@q/client';
import { type QueueKeys, queueKeys, queuePatterns } from '@q/core/wire';
import { until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { check } from '../checker/check.ts';
import { collectFacts } from '../checker/facts.ts';
import { readQueueState } from '../checker/queue-state.ts';
import type { Violation } from '../checker/violation.ts';
import { type DefectName, defectiveScript } from '../defects/defects.ts';
import { hasWork } from '../has-work.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { preciseNow } from '../ledger/precise-now.ts';
import { readLedgers } from '../ledger/read-ledgers.ts';
import { type Child, startClient, startWorker } from '../processes/child.ts';
import type { ChildSettings, WorkerSettings } from '../processes/settings.ts';
import { nameScript } from '../proxy/command-name.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { createProducer } from '../workload/producer.ts';
import { type ArmedProxy, startArmedProxy } from './armed-proxy.ts';
import { type CrashPoint, costsLease, isDeadly } from './crash-point.ts';

/** The shortest that a worker takes, ms: what a killed one held goes on after it. */
const lease = 1_000;
const gracePeriod = 250;
const concurrency = 8;
const mostReapers = 3;

export interface CaseOptions {
  readonly url: string;
  readonly scenario: Scenario;
  readonly victim: 'client' | 'worker';
  /** `null`: nothing goes wrong. */
  readonly point: CrashPoint | null;
  /** Planted in the scripts of the victim, to see whether it is found. @default none */
  readonly defect?: DefectName;
  /** How long a result and the end are waited for, ms. @default 30_000 */
  readonly patience?: number;
}

export interface CaseReport {
  /** Whether the process came to the point at all. */
  readonly wasReached: boolean;
  readonly violations: readonly Violation[];
  /** Name and count of each command that the victim sent. */
  readonly commands: ReadonlyMap<string, number>;
  /** What the processes wrote to standard error, when something is wrong. */
  readonly said: string;
}

/** Plays a scenario, breaks it at one point, lets it come to its end and judges what is left. */
export async function runCase(options: CaseOptions): Promise<CaseReport> {
  const ledgers = await mkdtemp(join(tmpdir(), 'q-chaos-'));
  const redis = new Redis(options.url);
  try {
    const play = new Case(options, ledgers, redis);
    const failure = await play.run().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await play.end();
    const facts = await collectFacts(readLedgers(ledgers));
    const violations = [...check(facts, await readQueueState(redis, play.keys))];
    for (const what of [...play.complaints, ...(failure === null ? [] : [failure])])
      violations.push({ rule: 'a scenario comes to its end', id: null, what });
    await deleteQueue(redis, play.keys);
    return play.report(violations);
  } finally {
    redis.disconnect();
    await rm(ledgers, { recursive: true, force: true });
  }
}

let cases = 0;

class Case {
  readonly keys: QueueKeys;
  readonly complaints: string[] = [];
  readonly #options: CaseOptions;
  readonly #ledgers: string;
  readonly #redis: Redis;
  readonly #queue: string;
  readonly #children: Child[] = [];
  readonly #ledger: Ledger;
  readonly #patience: number;
  #proxy: ArmedProxy | undefined;

  constructor(options: CaseOptions, ledgers: string, redis: Redis) {
    cases += 1;
    this.#options = options;
    this.#patience = options.patience ?? 30_000;
    this.#ledgers = ledgers;
    this.#redis = redis;
    this.#queue = `chaos-${process.pid}-${cases}`;
    this.keys = queueKeys(this.#queue);
    this.#ledger = openLedger(ledgers, 'harness');
  }

  async run(): Promise<void> {
    const { victim } = this.#options;
    if (victim === 'worker') await this.#breakWorker();
    else await this.#breakClient();
    for (let turn = 1; turn <= mostReapers && (await this.#isLeftBehind()); turn += 1)
      await this.#drainAndStop(this.#worker(`reaper-${turn}`, this.#options.url, { cron: null }));
  }

  /** Whatever happened, nothing of this case goes on. */
  async end(): Promise<void> {
    for (const child of this.#children) if (!child.hasExited()) child.signal('SIGKILL');
    await Promise.all(this.#children.map((child) => child.exited));
    await this.#proxy?.[Symbol.asyncDispose]();
    this.#ledger[Symbol.dispose]();
  }

  report(violations: readonly Violation[]): CaseReport {
    const commands = new Map<string, number>();
    for (const { name, nth } of this.#proxy?.commands ?? []) commands.set(name, nth);
    const said = violations.length === 0 ? '' : this.#children.map(describeChild).join('\n');
    return { wasReached: this.#proxy?.hasStruck() ?? false, violations, commands, said };
  }

  async #breakWorker(): Promise<void> {
    const { scenario, point } = this.#options;
    const proxy = await this.#startProxy();
    const strikesOut = point !== null && costsLease(point.blow);
    // Loaded by the time it is needed: on a busy machine that takes as long as a settle is held up.
    const heir =
      strikesOut || scenario.terminateAfter !== undefined
        ? this.#worker('heir', this.#options.url, { standsBy: true })
        : null;
    const victim = this.#worker('victim', proxy.url);
    let isReplaced = false;
    const replace = (): void => {
      isReplaced = true;
      heir?.call();
    };
    const replaced = proxy.struck.then(async () => {
      if (!strikesOut) return;
      replace();
      if (!isDeadly(point.blow)) return;
      this.#note('kill', 'victim');
      await victim.exited;
    });
    this.#terminateWhenStarted(victim, replace);
    await this.#play(scenario);
    await proxy.released();
    if (!victim.hasExited()) victim.signal('SIGTERM');
    const exit = await victim.exited;
    if (proxy.hasStruck()) await replaced;
    if (!this.#wasKilled(proxy) && exit.code !== 0)
      this.complaints.push(`the worker ended with ${exit.code ?? exit.signal}`);
    if (heir !== null && isReplaced) await this.#drainAndStop(heir);
  }

  async #breakClient(): Promise<void> {
    const { scenario, url } = this.#options;
    const proxy = await this.#startProxy();
    const worker = this.#worker('worker', url);
    await worker.running;
    // What is enqueued runs at once: a repeat that comes too late is seen.
    const hasJoined = async (): Promise<true | undefined> =>
      (await this.#redis.exists(this.keys.workers)) === 1 ? true : undefined;
    await until(hasJoined, { what: 'the worker has joined' });
    const victim = startClient({
      ...this.#settings('victim', proxy.url),
      scenario: scenario.name,
      directUrl: url,
      patience: this.#patience,
    });
    this.#children.push(victim);
    const exit = await victim.exited;
    if (this.#wasKilled(proxy)) {
      this.#note('kill', 'victim');
      await this.#play(scenario);
    } else if (exit.code !== 0) this.complaints.push(`the client ended with ${exit.code ?? exit.signal}`);
    await this.#drainAndStop(worker);
  }

  /** Whether the victim was: any other end of it is its own. */
  #wasKilled(proxy: ArmedProxy): boolean {
    const { point } = this.#options;
    return point !== null && isDeadly(point.blow) && proxy.hasStruck();
  }

  async #startProxy(): Promise<ArmedProxy> {
    const { url, point, defect } = this.#options;
    if (defect !== undefined) {
      const { sha1, script } = defectiveScript(defect);
      nameScript(sha1, script);
    }
    const kill = (): void => this.#children.find(({ name }) => name === 'victim')?.signal('SIGKILL');
    this.#proxy = await startArmedProxy({
      target: { url },
      point,
      kill,
      onReleased: (since) => this.#note('network', 'victim', since),
    });
    return this.#proxy;
  }

  #settings(name: string, url: string): ChildSettings {
    return {
      redis: { kind: 'server', url },
      queue: this.#queue,
      ledgers: this.#ledgers,
      name,
      defect: name === 'victim' ? (this.#options.defect ?? null) : null,
    };
  }

  #worker(name: string, url: string, asked: Partial<Pick<WorkerSettings, 'standsBy' | 'cron'>> = {}): Child {
    const cron = this.#options.scenario.cron === true ? 'unique' : null;
    const settings = this.#settings(name, url);
    const worker = startWorker({ ...settings, concurrency, lease, gracePeriod, cron, ...asked });
    this.#children.push(worker);
    return worker;
  }

  #terminateWhenStarted(victim: Child, onTerminated: () => void): void {
    let started = 0;
    victim.onSaid(({ kind }) => {
      if (kind !== 'started') return;
      started += 1;
      if (started !== this.#options.scenario.terminateAfter) return;
      this.#note('terminate', 'victim');
      victim.signal('SIGTERM');
      onTerminated();
    });
  }

  async #play(scenario: Scenario): Promise<void> {
    const client = createClient({ redis: this.#options.url, queue: this.#queue });
    try {
      const producer = createProducer({ client, ledger: this.#ledger, patience: this.#patience });
      await scenario.play({ producer, redis: this.#redis, keys: this.keys });
    } finally {
      await client.close();
    }
  }

  /** The last worker looks after everything that is left, and goes. */
  async #drainAndStop(worker: Child): Promise<void> {
    await this.#drained(worker.name);
    worker.signal('SIGTERM');
    const { code, signal } = await worker.exited;
    if (code !== 0) this.complaints.push(`the last worker ended with ${code ?? signal}`);
  }

  async #drained(last: string): Promise<void> {
    const { dead, workers } = this.keys;
    // A schedule brings new work for as long as somebody keeps it.
    const hasSchedule = this.#options.scenario.cron === true && !last.startsWith('reaper');
    const isBusy = async (): Promise<boolean> =>
      hasSchedule ? (await this.#redis.exists(dead)) > 0 : hasWork(this.#redis, this.keys);
    const isDrained = async (): Promise<true | undefined> => {
      const left = await this.#redis.zrange(workers, '0', '-1');
      const isAlone = left.length === 1 && left[0]?.startsWith(`${last}~`) === true;
      return isAlone && !(await isBusy()) ? true : undefined;
    };
    await until(isDrained, {
      what: `${last} is the only worker, and nothing is left to do`,
      within: this.#patience,
    });
  }

  /** A worker that cannot say in time that it leaves, on a busy machine, leaves it to the next one. */
  async #isLeftBehind(): Promise<boolean> {
    return (await this.#redis.exists(this.keys.workers)) > 0 || hasWork(this.#redis, this.keys);
  }

  #note(fault: 'kill' | 'terminate' | 'network', victim: string, since: number = preciseNow()): void {
    this.#ledger.write({ kind: 'fault', fault, victim, what: fault, since, until: preciseNow() });
  }
}

function describeChild(child: Child): string {
  return `-- ${child.name}\n${child.lastLines()}`;
}

async function deleteQueue(redis: Redis, keys: QueueKeys): Promise<void> {
  const names = await redis.keys(queuePatterns(keys.queue).keys);
  if (names.length > 0) await redis.unlink(...names);
}
