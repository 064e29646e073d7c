import type { Rule } from '../violation.ts';

export const auditFindsNothing: Rule = {
  name: 'an audit finds nothing',
  *check({ state }) {
    for (const { isRepaired: _, ...finding } of state.findings)
      yield { id: 'id' in finding ? finding.id : null, what: JSON.stringify(finding) };
  },
};
