import type { HeldId } from '../in-flight.ts';

/** Ids are at most as long. */
const idBytes = 128;
/** State, claim, length of the id, id. */
const placeWords = 3 + idBytes / 4;
/** In the lowest two bits; above them a number that every task on a place increases, so that none is taken for its successor. */
const [unstarted, handedBack] = [1, 2] as const;
const none = 0;
const stateBits = 3;

/**
 * What a worker has claimed and not begun, in memory that its lease thread shares: while a handler blocks the main
 * loop, the thread hands these tasks back. Each is started or handed back, never both.
 */
export class StartBoard {
  readonly memory: SharedArrayBuffer;
  /** First the number of the claim under way, negative when it is handed back. */
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #free: number[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
    for (let at = 1; at < this.#words.length; at += placeWords) this.#free.push(at);
  }

  static ofSize(places: number): StartBoard {
    return new StartBoard(new SharedArrayBuffer(4 * (1 + places * placeWords)));
  }

  /** Main loop: shows that it holds a task, and answers where; `null` when there is no place left. */
  post({ id, claim }: HeldId): number | null {
    const place = this.#free.pop();
    if (place === undefined) return null;
    this.#words[place + 1] = claim;
    this.#words[place + 2] = this.#bytes.write(id, 4 * (place + 3), 'latin1');
    const before = Atomics.load(this.#words, place);
    Atomics.store(this.#words, place, ((before | stateBits) + 1) | unstarted);
    return place;
  }

  /** Main loop: takes a task off; `false` when the thread has handed it back. */
  takeOff(place: number | null): boolean {
    if (place === null) return true;
    const before = Atomics.and(this.#words, place, ~stateBits);
    this.#free.push(place);
    return (before & stateBits) === unstarted;
  }

  /** Main loop: asks for tasks, which this claim brings. */
  ask(claim: number): void {
    Atomics.store(this.#words, 0, claim);
  }

  /** Main loop: has the answer; `false` when the thread hands back what it brought. */
  read(): boolean {
    return Atomics.exchange(this.#words, 0, none) >= 0;
  }

  /** Thread: from now on these are not started. */
  closeUnstarted(): HeldId[] {
    const closed: HeldId[] = [];
    for (let at = 1; at < this.#words.length; at += placeWords) {
      const before = Atomics.load(this.#words, at);
      if ((before & stateBits) !== unstarted) continue;
      // Read first: once it is closed, the main loop may give its place to another.
      const from = 4 * (at + 3);
      const id = this.#bytes.toString('latin1', from, from + (this.#words[at + 2] ?? 0));
      const claim = this.#words[at + 1] ?? 0;
      const after = (before & ~stateBits) | handedBack;
      if (Atomics.compareExchange(this.#words, at, before, after) === before) closed.push({ id, claim });
    }
    return closed;
  }

  /** Thread: from now on nothing is started of the claim under way. Answers its number; `null` when there is none. */
  closeUnread(): number | null {
    const claim = Atomics.load(this.#words, 0);
    if (claim <= 0 || Atomics.compareExchange(this.#words, 0, claim, -claim) !== claim) return null;
    return claim;
  }

  /** Thread: whether the main loop has not read its answer since {@link closeUnread}. */
  isUnread(claim: number): boolean {
    return Atomics.load(this.#words, 0) === -claim;
  }
}
