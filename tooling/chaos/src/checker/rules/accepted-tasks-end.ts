import type { Rule } from '../violation.ts';

export const acceptedTasksEnd: Rule = {
  name: 'an accepted task ends',
  *check({ facts, state }) {
    for (const { id, isAcknowledged } of facts.tasks.values()) {
      if (!isAcknowledged) continue;
      const stored = state.tasks.get(id);
      if (stored === undefined) yield { id, what: 'it was acknowledged, and Redis does not know it' };
      else if (stored.kind !== 'finished')
        yield { id, what: `it was acknowledged and is ${describe(stored)}` };
    }
  },
};

function describe(stored: { readonly kind: string; readonly state?: string }): string {
  return stored.state === undefined ? stored.kind : `still in state ${stored.state}`;
}
