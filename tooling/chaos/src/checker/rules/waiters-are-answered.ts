import { faultWithin } from '../facts.ts';
import type { Rule } from '../violation.ts';

/** What a waiter may be told of a task that Redis has: nothing but its result. */
export const waitersAreAnswered: Rule = {
  name: 'every waiter is answered with the result',
  *check({ facts }) {
    for (const { id, waits, seen, unseen } of facts.tasks.values()) {
      for (const { by, code } of unseen) yield { id, what: `${by} waited for it and was told ${code}` };
      for (const by of new Set(waits)) {
        const begun = waits.filter((each) => each === by).length;
        const answered = [...seen, ...unseen].filter((each) => each.by === by).length;
        const wasKilled = faultWithin(facts, by, 0, Number.POSITIVE_INFINITY)?.fault === 'kill';
        if (answered < begun && !wasKilled) yield { id, what: `${by} waits for it and was never answered` };
      }
    }
  },
};
