import type { HeldId } from '../in-flight.ts';

/** Ids are at most as long; a blank between two. */
const idBytes = 129;
/** Claims that are on the board at the same time. What more there are is not handed back, which costs waiting alone. */
const pages = 16;
/** Of a page: number of the claim, length of the text of its ids; then the state of each task, then the text. */
const headWords = 2;
/** In the lowest two bits; above them a number that every task on a place increases, so that none is taken for its successor. */
const [unstarted, handedBack] = [1, 2] as const;
const stateBits = 3;
const none = 0;

/**
 * What a worker has claimed and not begun, in memory that its lease thread shares: while a handler blocks the main
 * loop, the thread hands these tasks back. Each is started or handed back, never both.
 */
export class StartBoard {
  readonly memory: SharedArrayBuffer;
  /** First the number of the claim under way, negative when nothing that it brings is to be started. */
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #most: number;
  readonly #pageWords: number;
  /** Main loop: how many tasks a page still shows, and which pages show none. */
  readonly #left: number[] = [];
  readonly #free: number[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
    this.#pageWords = (this.#words.length - 1) / pages;
    this.#most = Math.floor((this.#pageWords - headWords) / (1 + idBytes / 4));
    for (let page = pages - 1; page >= 0; page -= 1) this.#free.push(page);
  }

  /** @param most - tasks of one claim */
  static ofSize(most: number): StartBoard {
    const pageWords = headWords + Math.ceil(most * (1 + idBytes / 4));
    return new StartBoard(new SharedArrayBuffer(4 * (1 + pages * pageWords)));
  }

  /** Main loop: shows what a claim has brought. Answers the place of the first, the others follow it; `null` when there is none left. */
  post(claim: number, ids: readonly string[]): number | null {
    const page = ids.length > this.#most ? undefined : this.#free.pop();
    if (page === undefined) return null;
    const head = 1 + page * this.#pageWords;
    this.#words[head] = claim;
    // All in one, because it takes Node.js about as long to write one id as to write twenty.
    this.#words[head + 1] = this.#bytes.write(ids.join(' '), this.#textOf(head), 'latin1');
    this.#left[page] = ids.length;
    const first = head + headWords;
    for (let place = first; place < first + ids.length; place += 1) {
      const before = this.#words[place] ?? 0;
      Atomics.store(this.#words, place, ((before | stateBits) + 1) | unstarted);
    }
    return first;
  }

  /** Main loop: takes a task off; `false` when the thread has handed it back. */
  takeOff(place: number): boolean {
    const before = Atomics.and(this.#words, place, ~stateBits);
    const page = Math.floor((place - 1) / this.#pageWords);
    const left = (this.#left[page] ?? 0) - 1;
    this.#left[page] = left;
    if (left === 0) this.#free.push(page);
    return (before & stateBits) === unstarted;
  }

  /**
   * Main loop: asks for tasks, which this claim brings. Two calls may ask for the same one. A claim that brings nothing
   * leaves its number to the next, and what the thread has said of it holds for that one as well.
   */
  ask(claim: number): void {
    const before = Atomics.load(this.#words, 0);
    if (before === -claim || Atomics.compareExchange(this.#words, 0, before, claim) === before) return;
    this.ask(claim);
  }

  /** Main loop: has what the claim brought; `false` when the thread hands it back. */
  read(claim: number): boolean {
    Atomics.compareExchange(this.#words, 0, claim, none);
    return Atomics.compareExchange(this.#words, 0, -claim, none) !== -claim;
  }

  /** Main loop: asks for nothing. */
  rest(): void {
    const before = Atomics.load(this.#words, 0);
    if (before > 0) Atomics.compareExchange(this.#words, 0, before, none);
  }

  /** Thread: from now on these are not started. */
  closeUnstarted(): HeldId[] {
    return Array.from({ length: pages }, (_, page) => this.#closePage(1 + page * this.#pageWords)).flat();
  }

  /** Thread: from now on nothing is started of the claim under way. Answers its number; `null` when there is none. */
  closeUnread(): number | null {
    const claim = Atomics.load(this.#words, 0);
    if (claim <= 0 || Atomics.compareExchange(this.#words, 0, claim, -claim) !== claim) return null;
    return claim;
  }

  #closePage(head: number): HeldId[] {
    const closed: HeldId[] = [];
    for (let index = 0; index < this.#most; index += 1) {
      const place = head + headWords + index;
      const before = Atomics.load(this.#words, place);
      if ((before & stateBits) !== unstarted) continue;
      // Read first: once it is closed, the main loop may give its page to another claim.
      const claim = this.#words[head] ?? 0;
      const id = this.#idsOf(head)[index];
      const after = (before & ~stateBits) | handedBack;
      const isClosed = Atomics.compareExchange(this.#words, place, before, after) === before;
      if (isClosed && id !== undefined) closed.push({ id, claim });
    }
    return closed;
  }

  #idsOf(head: number): string[] {
    const from = this.#textOf(head);
    return this.#bytes.toString('latin1', from, from + (this.#words[head + 1] ?? 0)).split(' ');
  }

  #textOf(head: number): number {
    return 4 * (head + headWords + this.#most);
  }
}
