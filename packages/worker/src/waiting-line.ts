import type { Flight } from './execution/flight.ts';

/** Unstarted for so long, ms, a task goes to whoever has a slot for it. */
const patience = 100;

interface Place {
  readonly flight: Flight;
  readonly since: number;
}

/** Deliveries that have no slot yet, oldest first. */
export class WaitingLine {
  #places: Place[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #onStuck: () => void;

  /** @param onStuck - the oldest has waited for longer than it should; again after as long, while it does */
  constructor(onStuck: () => void) {
    this.#onStuck = onStuck;
  }

  get length(): number {
    return this.#places.length;
  }

  join(flights: readonly Flight[]): void {
    const since = performance.now();
    for (const flight of flights) this.#places.push({ flight, since });
    this.#watch(patience);
  }

  /** The one that has waited longest. */
  next(): Flight | undefined {
    return this.#places.shift()?.flight;
  }

  /** Whether it was waiting. */
  remove(flight: Flight): boolean {
    const left = this.#places.filter((place) => place.flight !== flight);
    const wasThere = left.length < this.#places.length;
    this.#places = left;
    return wasThere;
  }

  /** Takes out all but the first so many, newest last. */
  takeBehind(count: number): Flight[] {
    return this.#places.splice(count).map(({ flight }) => flight);
  }

  /** One timer for all, set anew when it is over: lines are formed and dissolved very often. */
  #watch(ms: number): void {
    this.#timer ??= setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const [oldest] = this.#places;
    if (oldest === undefined) return;
    const left = oldest.since + patience - performance.now();
    if (left <= 0) this.#onStuck();
    if (this.#places.length > 0) this.#watch(left > 0 ? Math.ceil(left) : patience);
  }
}
