import type { Rule } from '../violation.ts';

export const waitsEnd: Rule = {
  name: 'every wait ends, with a result or an error',
  *check({ facts }) {
    const killed = new Set(facts.faults.filter(({ fault }) => fault === 'kill').map(({ victim }) => victim));
    for (const { id, waits, seen, unseen } of facts.tasks.values()) {
      for (const by of new Set(waits)) {
        const begun = waits.filter((each) => each === by).length;
        const ended = [...seen, ...unseen].filter((each) => each.by === by).length;
        if (ended < begun && !killed.has(by)) yield { id, what: `${by} waits for it and was never answered` };
      }
    }
  },
};
