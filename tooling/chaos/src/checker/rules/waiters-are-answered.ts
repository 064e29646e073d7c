import type { Rule } from '../violation.ts';

/** What a waiter may be told of a task that Redis has: nothing but its result. */
export const waitersAreAnswered: Rule = {
  name: 'every waiter is answered with the result',
  *check({ facts }) {
    for (const { id, unseen } of facts.tasks.values()) {
      for (const { by, code } of unseen) yield { id, what: `${by} waited for it and was told ${code}` };
    }
  },
};
