import { heldByVictims } from '../held-by-victims.ts';
import type { Rule } from '../violation.ts';
import { duplicatesOf } from './duplicates-are-paid-for.ts';

/** That each repeated run has a fault which may pay for it is not enough: none pays for more than its victim held. */
export const noMoreRepeatedThanHeld: Rule = {
  name: 'no more runs are repeated than the victims of faults held',
  *check({ facts }) {
    const [repeated, held] = [duplicatesOf(facts).length, heldByVictims(facts)];
    if (repeated > held) yield { id: null, what: `${repeated} runs were repeated, and ${held} were held` };
  },
};
