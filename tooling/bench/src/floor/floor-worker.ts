import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Payload } from '../payload.ts';
import type { Place, RunningWorker, WorkerSettings } from '../system.ts';
import { type FloorKeys, floorKeys } from './floor-keys.ts';
import { type FloorScript, loadFloorScript } from './floor-script.ts';

interface Claimed {
  readonly id: string;
  readonly body: string;
}

interface Finished {
  readonly id: string;
  readonly channel: string;
}

const resultTtl = '300000';
const mostPerCall = 500;

export async function startFloorWorker(
  { url, queue }: Place,
  settings: WorkerSettings,
): Promise<RunningWorker> {
  const redis = new Redis(url);
  const blocking = new Redis(url);
  const script = await loadFloorScript(redis, 'floor-step');
  const worker = new FloorWorker(script, floorKeys(queue), settings);
  const listening = worker.listen(blocking);
  const stepping = worker.step();
  return {
    stop: async () => {
      worker.stop();
      await stepping;
      blocking.disconnect();
      await listening;
      await redis.quit();
    },
  };
}

class FloorWorker {
  readonly #owner = randomUUID();
  readonly #script: FloorScript;
  readonly #keys: FloorKeys;
  readonly #settings: WorkerSettings;
  #finished: Finished[] = [];
  /** Claimed and not begun. */
  #ahead: Claimed[] = [];
  #running = 0;
  #rings = 0;
  #isHungry = true;
  #isStopping = false;
  #onChange: (() => void)[] = [];

  constructor(script: FloorScript, keys: FloorKeys, settings: WorkerSettings) {
    this.#script = script;
    this.#keys = keys;
    this.#settings = settings;
  }

  stop(): void {
    this.#isStopping = true;
    this.#changed();
  }

  /** Settles and claims until it is stopped and nothing runs. */
  async step(): Promise<void> {
    while (!this.#isStopping || this.#held() > 0 || this.#finished.length > 0) {
      if (this.#finished.length === 0 && (!this.#isHungry || this.#roomNow() === 0)) {
        await this.#change();
        continue;
      }
      await this.#call(this.#finished.splice(0, mostPerCall), this.#roomNow());
    }
  }

  /** Waits for the bell whenever there was nothing to claim. */
  async listen(blocking: Redis): Promise<void> {
    while (!this.#isStopping) {
      if (this.#isHungry) {
        await this.#change();
        continue;
      }
      const rung = await blocking.blpop(this.#keys.bell, 1).catch(() => null);
      if (rung === null) continue;
      this.#rings += 1;
      this.#isHungry = true;
      this.#changed();
    }
  }

  // What comes back from a settle-only call is nothing; a busy worker asks along with its settles.
  #roomNow(): number {
    const { concurrency, prefetch } = this.#settings;
    return this.#isStopping ? 0 : Math.min(mostPerCall, concurrency + (prefetch ?? 0) - this.#held());
  }

  #held(): number {
    return this.#running + this.#ahead.length;
  }

  async #call(settles: readonly Finished[], want: number): Promise<void> {
    const { ready, running, bell, body } = this.#keys;
    const keys = [ready, running, bell, ...settles.map(({ id }) => body + id)];
    const args = [this.#owner, String(want), resultTtl, body];
    for (const { id, channel } of settles) args.push(id, 'null', channel);
    const rings = this.#rings;
    const { ids, bodies } = readClaim(await this.#script(keys, args));
    // A ring that came meanwhile may be for something that this claim came too early for.
    if (want > 0) this.#isHungry = ids.length === want || rings !== this.#rings;
    for (const [at, id] of ids.entries()) this.#ahead.push({ id, body: bodies[at] ?? '\nnull' });
    this.#begin();
    if (!this.#isHungry) this.#changed();
  }

  #begin(): void {
    const claimed = this.#ahead;
    let at = 0;
    for (; at < claimed.length && this.#running < this.#settings.concurrency; at += 1) this.#run(claimed[at]);
    this.#ahead = claimed.slice(at);
  }

  #run(claimed: Claimed | undefined): void {
    if (claimed === undefined) return;
    const { id, body } = claimed;
    const split = body.indexOf('\n');
    const payload: Payload = JSON.parse(body.slice(split + 1));
    const finish = (): void => {
      this.#running -= 1;
      this.#finished.push({ id, channel: body.slice(0, split) });
      if (this.#finished.length === 1) this.#changed();
    };
    this.#running += 1;
    const promise = this.#settings.handle(payload);
    if (promise === undefined) {
      finish();
      return;
    }
    const finishLater = (): void => {
      finish();
      this.#begin();
    };
    promise.then(finishLater, finishLater);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#onChange.push(resolve));
  }

  #changed(): void {
    for (const wake of this.#onChange.splice(0)) wake();
  }
}

function readClaim(reply: unknown): { readonly ids: readonly string[]; readonly bodies: readonly string[] } {
  if (!Array.isArray(reply)) throw new Error(`floor-step.lua answered ${JSON.stringify(reply)}`);
  const [ids, bodies]: unknown[] = reply;
  if (!isTexts(ids) || !isTexts(bodies)) throw new Error(`floor-step.lua answered ${JSON.stringify(reply)}`);
  return { ids, bodies };
}

function isTexts(list: unknown): list is string[] {
  return Array.isArray(list) && list.every((item) => typeof item === 'string');
}
