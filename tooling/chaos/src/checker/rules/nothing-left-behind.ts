import type { Rule } from '../violation.ts';

/** What a drained queue keeps, apart from results. */
const kept = /^(meta|bell:|schedules|schedules:due|schedules:last)$/;
const perTask = /^(task|history):/;

export const nothingLeftBehind: Rule = {
  name: 'a drained queue keeps results with an end, and nothing else',
  *check({ state }) {
    for (const key of state.keys) {
      if (!kept.test(key) && !perTask.test(key)) yield { id: null, what: `the key ${key} is left` };
    }
    for (const [id, stored] of state.tasks) {
      if (stored.kind === 'finished' && stored.ttl < 0) yield { id, what: 'its result stays for ever' };
    }
    for (const [id, ttl] of state.histories) {
      if (ttl < 0) yield { id, what: 'its history stays for ever' };
    }
  },
};
