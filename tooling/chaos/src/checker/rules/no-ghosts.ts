import { cronName } from '../../workload/tasks.ts';
import type { Rule } from '../violation.ts';

const byClock = `cron:${cronName}:`;

export const noGhosts: Rule = {
  name: 'nothing runs or is stored that nobody wanted',
  *check({ facts, state }) {
    for (const { id, expect, runs } of facts.tasks.values()) {
      if (expect === null && runs.length > 0 && !id.startsWith(byClock))
        yield { id, what: 'it ran, and nobody enqueued it' };
    }
    for (const id of state.tasks.keys()) {
      if ((facts.tasks.get(id)?.expect ?? null) === null && !id.startsWith(byClock))
        yield { id, what: 'Redis has it, and nobody enqueued it' };
    }
  },
};
