import type { Flight } from './execution/flight.ts';
import type { StartBoard } from './lease/start-board.ts';

/** Unstarted for so long, ms, a task goes to whoever has a slot for it. */
const patience = 100;

interface Place {
  readonly flight: Flight;
  readonly since: number;
  /** On the board. */
  readonly place: number | null;
}

/** Deliveries that have no slot yet, oldest first. */
export class WaitingLine {
  #places: Place[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #board: StartBoard;
  readonly #onStuck: () => void;
  readonly #onHandedBack: (flight: Flight) => void;

  /**
   * @param board - shows to the lease thread what waits
   * @param onStuck - the oldest has waited for longer than it should; again after as long, while it does
   * @param onHandedBack - the lease thread has handed it back; it waits no more
   */
  constructor(board: StartBoard, onStuck: () => void, onHandedBack: (flight: Flight) => void) {
    this.#board = board;
    this.#onStuck = onStuck;
    this.#onHandedBack = onHandedBack;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Of one claim. */
  join(flights: readonly Flight[]): void {
    const [first] = flights;
    if (first === undefined) return;
    const since = performance.now();
    const place = this.#board.post(
      first.delivery.claim,
      flights.map(({ delivery }) => delivery.id),
    );
    for (const [index, flight] of flights.entries())
      this.#places.push({ flight, since, place: place === null ? null : place + index });
    this.#watch(patience);
  }

  /** The one that has waited longest. */
  next(): Flight | undefined {
    for (;;) {
      const first = this.#places.shift();
      if (first === undefined) return undefined;
      if (this.#takeOff(first)) return first.flight;
      this.#onHandedBack(first.flight);
    }
  }

  /** Whether it was waiting. */
  remove(flight: Flight): boolean {
    const at = this.#places.findIndex((each) => each.flight === flight);
    const [removed] = at === -1 ? [] : this.#places.splice(at, 1);
    if (removed === undefined) return false;
    this.#takeOff(removed);
    return true;
  }

  /** Takes out all but the first so many, newest last. */
  takeBehind(count: number): Flight[] {
    const taken = this.#places.splice(count);
    for (const place of taken) this.#takeOff(place);
    return taken.map(({ flight }) => flight);
  }

  /** Whether it may be started. */
  #takeOff({ place }: Place): boolean {
    return place === null || this.#board.takeOff(place);
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
