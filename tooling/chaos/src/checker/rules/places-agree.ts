import type { QueueState } from '../queue-state.ts';
import type { Breach, Rule } from '../violation.ts';

export const placesAgree: Rule = {
  name: 'a task is in exactly the place that its state names',
  *check({ state }) {
    const listed = new Set([...state.ready, ...state.suspects]);
    for (const [id, stored] of state.tasks) {
      if (stored.kind === 'unreadable') yield { id, what: 'its value cannot be read' };
      if (stored.kind === 'finished' && state.running.has(id))
        yield { id, what: 'it has ended and is in running' };
      if (stored.kind !== 'pending') continue;
      const isHeld = state.running.has(id);
      if (stored.state === 'd' && !state.due.has(id))
        yield { id, what: 'its state is d and it is not in due' };
      if (stored.state === 'd' && isHeld) yield { id, what: 'its state is d and it is in running' };
      if (stored.state === 'q' && !isHeld && !listed.has(id))
        yield { id, what: 'its state is q and no list has it' };
    }
    yield* heldWithoutHolder(state);
  },
};

function* heldWithoutHolder(state: QueueState): Iterable<Breach> {
  for (const [id, tag] of state.running) {
    if (!state.tasks.has(id)) yield { id, what: `it is in running (${tag}) and does not exist` };
    const [worker = '', claim = ''] = tag.split('|');
    if (!state.workers.has(worker) && !state.dead.has(worker))
      yield { id, what: `it is held by ${worker}, which is in neither workers nor dead` };
    if (!(state.claims.get(worker)?.get(claim) ?? '').split(' ').includes(id))
      yield { id, what: `it is held by claim ${tag}, which does not name it` };
  }
}
