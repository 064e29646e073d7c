/** How long others go first, ms: enough for a worker that is woken to claim. */
const head = 150;

/**
 * Lets others go first at tasks that this worker put off because it has no handler for them: during a deploy most
 * workers have none, and would take such a task away from the few that have, time and again. Times are those of Redis.
 */
export class Courtesy {
  #dueAt: number[] = [];

  putOff(until: number): void {
    const last = this.#dueAt.at(-1) ?? Number.NEGATIVE_INFINITY;
    // A flood of them comes in a few batches; the last of each stands for all.
    if (Math.abs(until - last) < head / 3) this.#dueAt.pop();
    this.#dueAt.push(until);
  }

  /** Whether there is any such task: this worker is not to be the first at what comes. */
  get isOwed(): boolean {
    return this.#dueAt.length > 0;
  }

  /** Ms to hold back at a moment; 0 unless such a task becomes ready just then. */
  at(moment: number): number {
    if (this.#dueAt.length === 0) return 0;
    this.#dueAt = this.#dueAt.filter((due) => due + head > moment);
    return this.#dueAt.reduce((most, due) => (due <= moment ? Math.max(most, due + head - moment) : most), 0);
  }
}
