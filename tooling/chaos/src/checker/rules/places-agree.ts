import type { QueueState } from '../queue-state.ts';
import type { Breach, Rule } from '../violation.ts';

export const placesAgree: Rule = {
  name: 'a task is where its state says, and nowhere else',
  *check({ state }) {
    const listed = new Set([...state.ready, ...state.suspects]);
    for (const [id, stored] of state.tasks) {
      if (stored.kind === 'unreadable') yield { id, what: 'its value cannot be read' };
      const places = [
        ...(state.running.has(id) ? ['running'] : []),
        ...(listed.has(id) ? ['a list'] : []),
        ...(state.due.has(id) ? ['due'] : []),
      ];
      // One that was aborted is met in its list by whoever takes it from there.
      if (stored.kind === 'finished' && places.some((place) => place !== 'a list'))
        yield { id, what: `it has ended and is in ${places.join(' and ')}` };
      if (stored.kind !== 'pending') continue;
      const isRight =
        stored.state === 'd' ? places.join() === 'due' : places.length === 1 && places[0] !== 'due';
      if (!isRight)
        yield { id, what: `its state is ${stored.state} and it is in ${places.join(' and ') || 'no place'}` };
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
