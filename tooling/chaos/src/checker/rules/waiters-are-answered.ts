import type { Rule } from '../violation.ts';

/** What a waiter may be told of a task that Redis has: nothing but its result. */
export const waitersAreAnswered: Rule = {
  name: 'every waiter is answered with the result',
  *check({ facts }) {
    const killed = new Set(facts.faults.filter(({ fault }) => fault === 'kill').map(({ victim }) => victim));
    for (const { id, waits, seen, unseen } of facts.tasks.values()) {
      for (const { by, code } of unseen) yield { id, what: `${by} waited for it and was told ${code}` };
      for (const by of new Set(waits)) {
        const begun = waits.filter((each) => each === by).length;
        const answered = [...seen, ...unseen].filter((each) => each.by === by).length;
        if (answered < begun && !killed.has(by))
          yield { id, what: `${by} waits for it and was never answered` };
      }
    }
  },
};
