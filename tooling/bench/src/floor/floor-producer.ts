import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Payload } from '../payload.ts';
import { cannot, type Place, type Producer } from '../system.ts';
import { type FloorKeys, floorKeys } from './floor-keys.ts';
import { type FloorScript, loadFloorScript } from './floor-script.ts';

interface Outgoing {
  readonly id: string;
  readonly body: string;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

const mostPerCall = 1_000;
const idLength = 36;

export async function createFloorProducer({ url, queue }: Place): Promise<Producer> {
  const redis = new Redis(url);
  const script = await loadFloorScript(redis, 'floor-enqueue');
  const keys = floorKeys(queue);
  const outbox = new Outbox(script, keys);
  const results = new Results(url, `floor:results:${randomUUID()}`);
  return {
    enqueue: (payload) => outbox.send(randomUUID(), '', payload),
    enqueueMany: (payloads) => Promise.all(payloads.map((payload) => outbox.send(randomUUID(), '', payload))),
    enqueueLater: cannot('delays'),
    enqueueBrief: cannot('way to say that a result is not kept'),
    roundTrip: async (payload) => {
      await results.listen();
      const id = randomUUID();
      const result = results.of(id);
      await outbox.send(id, results.channel, payload);
      return result;
    },
    crowd: cannot('register of workers'),
    unfinished: async () => {
      const [waiting, running] = await Promise.all([redis.llen(keys.ready), redis.hlen(keys.running)]);
      return waiting + running;
    },
    close: async () => {
      results.close();
      await redis.quit();
    },
  };
}

/** Everything that is sent in one turn goes in as few calls as possible. */
class Outbox {
  readonly #script: FloorScript;
  readonly #keys: FloorKeys;
  #waiting: Outgoing[] = [];

  constructor(script: FloorScript, keys: FloorKeys) {
    this.#script = script;
    this.#keys = keys;
  }

  send(id: string, channel: string, payload: Payload): Promise<void> {
    return new Promise((sent, failed) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
      this.#waiting.push({ id, body: `${channel}\n${JSON.stringify(payload)}`, sent, failed });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += mostPerCall) this.#call(waiting.slice(at, at + mostPerCall));
  }

  #call(batch: readonly Outgoing[]): void {
    const { ready, bell, body } = this.#keys;
    const keys = [ready, bell, ...batch.map(({ id }) => body + id)];
    const args = [...batch.map(({ id }) => id), ...batch.map((outgoing) => outgoing.body)];
    this.#script(keys, args).then(
      () => {
        for (const { sent } of batch) sent();
      },
      (error: unknown) => {
        for (const { failed } of batch) failed(error);
      },
    );
  }
}

/** One subscription for all results of a producer. */
class Results {
  readonly channel: string;
  readonly #redis: Redis;
  readonly #awaited = new Map<string, (result: string) => void>();
  #listening: Promise<unknown> | undefined;

  constructor(url: string, channel: string) {
    this.channel = channel;
    this.#redis = new Redis(url, { lazyConnect: true });
    this.#redis.on('message', (_channel, message) => {
      const id = message.slice(0, idLength);
      this.#awaited.get(id)?.(message.slice(idLength));
      this.#awaited.delete(id);
    });
  }

  listen(): Promise<unknown> {
    this.#listening ??= this.#redis.subscribe(this.channel);
    return this.#listening;
  }

  of(id: string): Promise<string> {
    return new Promise((resolve) => {
      this.#awaited.set(id, resolve);
    });
  }

  close(): void {
    this.#redis.disconnect();
  }
}
