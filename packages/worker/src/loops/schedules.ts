import type { RedisPort } from '@q/client/port';
import { define, type FireReply, fire } from '@q/core/wire';
import type { Logger } from '../log.ts';
import { lastMissed, nextFire } from '../schedules/next-fire.ts';
import { encodeOccurrence, occurrenceId } from '../schedules/occurrence.ts';
import { encodeDefinition, type Schedule } from '../schedules/schedule.ts';
import {
  restOf,
  type Standing,
  standingAfterDefine,
  standingAfterDefineError,
  standingAfterFire,
  standingAfterFireError,
  standingAfterReconnect,
  unknownStanding,
} from '../schedules/standing.ts';
import type { LoopOptions } from './run-loop.ts';

export interface SchedulesParts {
  /** Its clock must have heard from Redis already, as it has when the worker has joined. */
  readonly port: RedisPort;
  /** Wire id. */
  readonly worker: string;
  /** Epoch ms of Redis: the definition of the worker that started last holds. */
  readonly startedAt: number;
  readonly schedules: readonly Schedule[];
  readonly log: Logger;
}

const longestRest = 60_000;

/**
 * Keeps this worker's schedules known and enqueues what is due. Every worker of a queue does so; the script
 * lets one of them through per slot, whatever their clocks say, because it compares slots and asks Redis for
 * the time.
 */
export function schedulesPass(parts: SchedulesParts): LoopOptions {
  const carried = parts.schedules.map((schedule) => new Carried(schedule, parts));
  return {
    name: 'schedules',
    pass: async (signal) => {
      await Promise.all(carried.map((one) => one.advance(signal)));
      return Math.min(longestRest, ...carried.map((one) => one.rest()));
    },
    restAfterError: 1_000,
    // It may be another Redis, which does not know the last that this one was told.
    onNews: (listener) =>
      parts.port.onReconnect(() => {
        for (const one of carried) one.assertSoon();
        listener();
      }),
    onError: (error, loop) =>
      parts.log.error({ error, loop }, 'looking after the schedules failed; it is tried again'),
  };
}

/** One schedule of this worker, and what it knows of it in Redis. */
class Carried {
  readonly #schedule: Schedule;
  readonly #parts: SchedulesParts;
  #standing: Standing = unknownStanding;
  #isSuperseded = false;

  constructor(schedule: Schedule, parts: SchedulesParts) {
    this.#schedule = schedule;
    this.#parts = parts;
  }

  rest(): number {
    return restOf(this.#standing, performance.now(), this.#parts.port.clock.now());
  }

  assertSoon(): void {
    this.#standing = standingAfterReconnect(this.#standing, performance.now(), Math.random());
  }

  async advance(signal: AbortSignal): Promise<void> {
    if (performance.now() >= this.#standing.defineAt)
      await this.#define(signal).catch((error: unknown) =>
        this.#failed(error, standingAfterDefineError, signal),
      );
    // A full Redis refuses the definition and takes the slot.
    if (!signal.aborted && performance.now() >= this.#standing.fireAt)
      await this.#fireDue(signal).catch((error: unknown) =>
        this.#failed(error, standingAfterFireError, signal),
      );
  }

  #failed(error: unknown, after: (standing: Standing, at: number) => Standing, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#standing = after(this.#standing, performance.now());
    this.#parts.log.error(
      { error, schedule: this.#schedule.name },
      'a schedule could not be looked after; it is tried again',
    );
  }

  async #define(signal: AbortSignal): Promise<void> {
    const { port, worker, startedAt } = this.#parts;
    const { name, hash, tab, tz } = this.#schedule;
    const slot = nextFire(tab, tz, port.clock.now());
    const input = { worker, startedAt, name, hash, definition: encodeDefinition(this.#schedule), slot };
    const reply = await port.run(define, input, { signal });
    this.#standing = standingAfterDefine(reply, performance.now(), Math.random());
    this.#noteSuperseded(reply.kind === 'superseded');
  }

  #noteSuperseded(isSuperseded: boolean): void {
    if (isSuperseded && !this.#isSuperseded) {
      this.#parts.log.info(
        { schedule: this.#schedule.name },
        'a worker that started later defines this schedule otherwise: it is not fired from here',
      );
    }
    this.#isSuperseded = isSuperseded;
  }

  async #fireDue(signal: AbortSignal): Promise<void> {
    const { due } = this.#standing;
    const now = this.#parts.port.clock.now();
    if (due === null || due > now) return;
    const { name, hash, tab, tz, maxDrift, unique: exclusive } = this.#schedule;
    const slot = lastMissed(tab, tz, due, now, maxDrift);
    const id = occurrenceId(name, slot ?? due);
    const next = nextFire(tab, tz, Math.max(now, due));
    const value = encodeOccurrence(this.#schedule, now);
    const reply = await this.#parts.port.run(
      fire,
      { name, hash, due, slot, next, id, value, exclusive },
      { signal },
    );
    this.#standing = standingAfterFire(this.#standing, reply, performance.now(), Math.random());
    this.#noteFired(reply.kind, { due, slot });
  }

  #noteFired(
    kind: FireReply['kind'],
    { due, slot }: { readonly due: number; readonly slot: number | null },
  ): void {
    if (kind !== 'fired' && kind !== 'skipped') return;
    const { log } = this.#parts;
    const facts = { schedule: this.#schedule.name, slot: slot ?? due, missedSince: due };
    if (slot === null)
      log.warn(facts, 'a slot was missed by more than "maxScheduleDrift" and is passed over');
    else if (kind === 'skipped') log.info(facts, 'a slot is passed over: the run before it has not ended');
    else log.debug(facts, 'a slot was fired');
  }
}
