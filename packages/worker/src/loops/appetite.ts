/** What the blocking call of a worker waits for at the moment. */
export type Listens = 'none' | 'inbox' | 'bell';

/**
 * Whether there is reason to ask for work. Hungry: the last claim left something, or something has happened since.
 * Sated: the last claim found less than was wanted; the bell, the end of a blocking call or the time of the next
 * event makes it hungry again. Shared by the loop that asks and the loop that listens.
 */
export class Appetite {
  listens: Listens = 'none';
  #isHungry = true;
  /** Something has happened since the last question was put together, which its answer cannot know of. */
  #hasNews = false;
  #nextEvent: NodeJS.Timeout | undefined;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isHungry(): boolean {
    return this.#isHungry;
  }

  wake(): void {
    this.#hasNews = true;
    this.#set(true);
  }

  /** A question is put together now. */
  ask(): void {
    this.#hasNews = false;
  }

  /** The answer to the last question: whether there is more to have. */
  answer(isMore: boolean): void {
    this.#set(isMore || this.#hasNews);
  }

  /** Makes it hungry in so many ms; replaces the last such wish, `null` only forgets it. */
  wakeIn(ms: number | null): void {
    clearTimeout(this.#nextEvent);
    this.#nextEvent = ms === null ? undefined : setTimeout(() => this.wake(), ms).unref();
  }

  #set(isHungry: boolean): void {
    if (this.#isHungry === isHungry) return;
    this.#isHungry = isHungry;
    this.#onChange();
  }
}
