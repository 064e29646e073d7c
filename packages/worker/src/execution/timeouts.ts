import type { Flight } from './flight.ts';

/** Runs that may take equally long: the one that began first is the first to be late. */
interface Lane {
  readonly lateAt: Map<Flight, number>;
  timer: NodeJS.Timeout | undefined;
}

/** Interrupts runs that take too long, with one timer for all that may take equally long. Never keeps the process alive. */
export class Timeouts {
  /** By what is allowed, ms: as many as the tasks of this worker name. */
  readonly #lanes = new Map<number, Lane>();

  /** @param ms - what is allowed from now on */
  start(flight: Flight, ms: number): void {
    const lane = this.#laneOf(ms);
    lane.lateAt.set(flight, performance.now() + ms);
    lane.timer ??= setTimeout(() => this.#look(lane, ms), ms).unref();
  }

  /** The run has ended, or was interrupted otherwise. */
  end(flight: Flight, ms: number): void {
    this.#lanes.get(ms)?.lateAt.delete(flight);
  }

  #laneOf(ms: number): Lane {
    const known = this.#lanes.get(ms);
    if (known !== undefined) return known;
    const lane: Lane = { lateAt: new Map(), timer: undefined };
    this.#lanes.set(ms, lane);
    return lane;
  }

  #look(lane: Lane, after: number): void {
    lane.timer = undefined;
    const now = performance.now();
    for (const [flight, lateAt] of lane.lateAt) {
      if (lateAt > now) {
        lane.timer = setTimeout(() => this.#look(lane, after), Math.ceil(lateAt - now)).unref();
        return;
      }
      lane.lateAt.delete(flight);
      flight.interrupt({ kind: 'timed-out', after });
    }
  }
}
