import { describe, expect, it } from 'vitest';
import type { Entry, Happening } from '../ledger/entry.ts';
import { check, stormRules } from './check.ts';
import { collectFacts } from './facts.ts';
import type { QueueState, StoredTask } from './queue-state.ts';

/** A story that went well, as ledgers and Redis tell it; `mutate` makes it go wrong in one way. */
interface Story {
  entries: Entry[];
  state: { -readonly [Key in keyof QueueState]: QueueState[Key] };
}

interface Mutant {
  readonly title: string;
  /** Rules that have to notice. */
  readonly caughtBy: string;
  readonly mutate: (story: Story) => void;
}

const digest = '+ w~1 100 {"run":"w#1"}';
const finished: Extract<StoredTask, { kind: 'finished' }> = {
  kind: 'finished',
  code: '+',
  digest,
  endedAt: 100,
  tries: 1,
  ttl: 60_000,
};

function said(by: string, at: number, happening: Happening): Entry {
  return { by, at, ...happening };
}

function run(
  id: string,
  name: string,
  facts: { at: number; attempt?: number; tries?: number; task?: string },
): Entry[] {
  const { at, attempt = 1, tries = 1, task = 'plain' } = facts;
  const by = name.split('#')[0] ?? '';
  return [
    said(by, at, { kind: 'started', id, task, run: name, attempt, tries }),
    said(by, at + 5, { kind: 'effect', id, run: name }),
    said(by, at + 6, { kind: 'ended', id, run: name, how: 'returned' }),
  ];
}

function killed(victim: string, at: number): Entry {
  return said('harness', at, { kind: 'fault', fault: 'kill', victim, what: 'SIGKILL', since: at, until: at });
}

function frozen(victim: string, since: number, until: number): Entry {
  return said('harness', since, { kind: 'fault', fault: 'freeze', victim, what: 'SIGSTOP', since, until });
}

function redisAway(since: number, until: number): Entry {
  return said('harness', since, {
    kind: 'fault',
    fault: 'redis',
    victim: '*',
    what: 'SIGKILL',
    since,
    until,
  });
}

function goodStory(): Story {
  const entries = [
    said('p', 1, { kind: 'intent', ids: ['a', 'b'], task: 'plain', expect: 'done' }),
    said('p', 2, { kind: 'acknowledged', ids: ['a', 'b'] }),
    said('p', 3, { kind: 'intent', ids: ['u'], task: 'lonely', expect: 'done or lost race' }),
    said('p', 4, { kind: 'acknowledged', ids: ['u'] }),
    said('p', 5, { kind: 'waiting', id: 'a' }),
    ...run('a', 'w#1', { at: 10 }),
    // Its first run was on a worker that was killed.
    said('x', 12, { kind: 'started', id: 'b', task: 'plain', run: 'x#1', attempt: 1, tries: 1 }),
    killed('x', 14),
    ...run('u', 'w#2', { at: 20, task: 'lonely' }),
    ...run('b', 'w#3', { at: 30, attempt: 2 }),
    said('p', 40, { kind: 'seen', id: 'a', digest }),
  ];
  const empty = {
    ready: [],
    suspects: [],
    histories: new Map(),
    claims: new Map(),
    running: new Map(),
    findings: [],
  };
  const none = new Set<string>();
  return {
    entries,
    state: {
      ...empty,
      due: none,
      workers: none,
      dead: none,
      keys: ['meta', 'task:a', 'task:b', 'task:u'],
      tasks: new Map<string, StoredTask>([
        ['a', finished],
        ['b', { ...finished, digest: '+ w~1 110 {"run":"w#3"}' }],
        ['u', { ...finished, digest: '+ w~1 105 {"run":"w#2"}' }],
      ]),
    },
  };
}

function storing(
  id: string,
  changed: Partial<Extract<StoredTask, { kind: 'finished' }>>,
): (story: Story) => void {
  return ({ state }) => {
    const known = state.tasks.get(id);
    if (known?.kind === 'finished') state.tasks = new Map(state.tasks).set(id, { ...known, ...changed });
  };
}

function pending(id: string, state: string): (story: Story) => void {
  return (story) => {
    story.state.tasks = new Map(story.state.tasks).set(id, { kind: 'pending', state });
  };
}

function adding(...added: Entry[]): (story: Story) => void {
  return (story) => {
    story.entries = [...story.entries, ...added].sort((one, other) => one.at - other.at);
  };
}

function without(kind: Entry['kind'], run = ''): (story: Story) => void {
  return (story) => {
    const isGone = (entry: Entry): boolean =>
      entry.kind === kind && (run === '' || ('run' in entry && entry.run === run));
    story.entries = story.entries.filter((entry) => !isGone(entry));
  };
}

const mutants: readonly Mutant[] = [
  {
    title: 'an acknowledged task is gone',
    caughtBy: 'an accepted task ends',
    mutate: ({ state }) => {
      state.tasks = new Map([...state.tasks].filter(([id]) => id !== 'b'));
    },
  },
  { title: 'an acknowledged task never ends', caughtBy: 'an accepted task ends', mutate: pending('b', 'q') },
  {
    title: 'a task that should be done has failed',
    caughtBy: 'a task ends as its handler has it',
    mutate: storing('b', { code: '-', digest: '- w~1 110 ' }),
  },
  {
    title: 'a task is given up as crashed after one crash',
    caughtBy: 'a task ends as its handler has it',
    mutate: storing('b', { code: 'c', digest: 'c - 110 ' }),
  },
  {
    title: 'a task is given up as crashed, and only two of its processes were struck',
    caughtBy: 'a task ends as its handler has it',
    mutate: (story) => {
      storing('b', { code: 'c', digest: 'c - 110 ', endedAt: 60 })(story);
      adding(killed('w', 50), ...run('a', 'y#1', { at: 70, attempt: 2 }), killed('y', 80))(story);
    },
  },
  {
    title: 'a task is given up as crashed over processes of which the last was well',
    caughtBy: 'a task ends as its handler has it',
    mutate: (story) => {
      storing('b', { code: 'c', digest: 'c - 110 ' })(story);
      adding(...run('a', 'y#1', { at: 11, attempt: 2 }), ...run('a', 'z#1', { at: 12, attempt: 3 }))(story);
      adding(killed('y', 20), killed('z', 20))(story);
    },
  },
  {
    title: 'a task that nobody has begun is given up as crashed',
    caughtBy: 'a task ends as its handler has it',
    mutate: (story) => {
      storing('b', { code: 'c', digest: 'c - 110 ' })(story);
      without('started', 'w#3')(story);
      without('started', 'x#1')(story);
      adding(
        ...run('a', 'y#1', { at: 11 }),
        ...run('a', 'z#1', { at: 12 }),
        ...run('a', 'x#2', { at: 9 }),
      )(story);
      adding(killed('y', 20), killed('z', 20))(story);
    },
  },
  {
    title: 'two waiters see different results',
    caughtBy: 'a result never changes: what a waiter saw is what is stored',
    mutate: adding(said('r', 41, { kind: 'seen', id: 'a', digest: '+ w~2 90 {"run":"w#9"}' })),
  },
  {
    title: 'the stored result is another one than a waiter saw',
    caughtBy: 'a result never changes: what a waiter saw is what is stored',
    mutate: storing('a', { digest: '+ w~1 101 {"run":"w#1"}' }),
  },
  {
    title: 'a task is pending again after its result was seen',
    caughtBy: 'a result never changes: what a waiter saw is what is stored',
    mutate: pending('a', 'q'),
  },
  {
    title: 'a waiter is told something else',
    caughtBy: 'every waiter is answered with the result',
    mutate: adding(said('p', 41, { kind: 'unseen', id: 'b', code: 'Q_RESULT_MISSING' })),
  },
  {
    title: 'a waiter waits for ever',
    caughtBy: 'every wait ends, with a result or an error',
    mutate: without('seen'),
  },
  {
    title: 'a task is done and nobody did it',
    caughtBy: 'done means that it was done; the stored answer is that of a run that did it',
    mutate: without('effect', 'w#3'),
  },
  {
    title: 'an answer is stored that no run gave',
    caughtBy: 'done means that it was done; the stored answer is that of a run that did it',
    mutate: storing('b', { digest: '+ w~1 110 {"run":"w#8"}' }),
  },
  {
    title: 'a task that lost the race for its lock ran',
    caughtBy: 'done means that it was done; the stored answer is that of a run that did it',
    mutate: storing('u', { code: 'u', digest: 'u - 105 ' }),
  },
  {
    title: 'an abort was answered with true and the task is done',
    caughtBy: 'what was aborted is aborted, and what was aborted before it ran has not run',
    mutate: adding(said('p', 45, { kind: 'abort answered', id: 'a', answer: true })),
  },
  {
    title: 'a task ended as aborted and was done',
    caughtBy: 'what was aborted is aborted, and what was aborted before it ran has not run',
    mutate: storing('u', { code: 'a', digest: 'a - 105 ' }),
  },
  {
    title: 'a task ended as aborted, was done, and Redis was away long afterwards',
    caughtBy: 'what was aborted is aborted, and what was aborted before it ran has not run',
    mutate: (story) => {
      storing('u', { code: 'a', digest: 'a - 105 ' })(story);
      adding(redisAway(9_000, 9_100))(story);
    },
  },
  {
    title: 'a run begins when the abort of its task has been answered',
    caughtBy: 'what was aborted is aborted, and what was aborted before it ran has not run',
    mutate: (story) => {
      storing('u', { code: 'a', digest: 'a - 105 ' })(story);
      adding(said('p', 5, { kind: 'abort answered', id: 'u', answer: true }))(story);
      without('effect', 'w#2')(story);
    },
  },
  {
    title: 'something runs that nobody enqueued',
    caughtBy: 'nothing runs or is stored that nobody wanted',
    mutate: adding(...run('ghost', 'w#7', { at: 50 })),
  },
  {
    title: 'Redis has a task that nobody enqueued',
    caughtBy: 'nothing runs or is stored that nobody wanted',
    mutate: ({ state }) => {
      state.tasks = new Map(state.tasks).set('ghost', { kind: 'pending', state: 'd' });
      state.due = new Set(['ghost']);
    },
  },
  {
    title: 'a try runs twice and nothing has happened to the first process',
    caughtBy: 'a run is repeated only when a fault struck its process before it was settled',
    mutate: adding(...run('a', 'y#1', { at: 50, attempt: 2 })),
  },
  {
    title: 'the fault that is to pay for a repeated run came after it',
    caughtBy: 'a run is repeated only when a fault struck its process before it was settled',
    mutate: (story) => {
      without('fault')(story);
      adding(killed('x', 60))(story);
    },
  },
  {
    title: 'a process that was not frozen since begins what others have taken over',
    caughtBy: 'a run is repeated only when a fault struck its process before it was settled',
    mutate: adding(...run('a', 'z#1', { at: 50, attempt: 0 }), frozen('z', 2, 9)),
  },
  {
    title: 'the fault that is to pay for a repeated run struck when it was long settled',
    caughtBy: 'a run is repeated only when a fault struck its process before it was settled',
    mutate: adding(...run('a', 'y#1', { at: 9_000, attempt: 2 }), killed('w', 8_000)),
  },
  {
    title: 'a try runs twice because Redis was away, which keeps what it has acknowledged',
    caughtBy: 'a run is repeated only when a fault struck its process before it was settled',
    mutate: adding(...run('a', 'y#1', { at: 50, attempt: 2 }), redisAway(10, 30)),
  },
  {
    title:
      'a kill is to pay for what its victim had ended a second before, of which each could have been late',
    caughtBy: 'no more runs are repeated than the victims of faults held',
    mutate: adding(
      killed('w', 1_500),
      ...run('a', 'y#1', { at: 1_600, attempt: 2 }),
      ...run('b', 'y#2', { at: 1_600, attempt: 3 }),
    ),
  },
  {
    title: 'two runs with another one between them have the same attempt',
    caughtBy: 'no two runs of a task have the same attempt, and later ones have higher ones',
    mutate: adding(...run('b', 'z#1', { at: 50, attempt: 1 }), frozen('z', 11, 45)),
  },
  {
    title: 'a process that was frozen long before begins what others have taken over',
    caughtBy: 'no two runs of a task have the same attempt, and later ones have higher ones',
    mutate: adding(...run('a', 'z#1', { at: 50, attempt: 0 }), frozen('z', 2, 9)),
  },
  {
    title: 'two runs have the same attempt',
    caughtBy: 'no two runs of a task have the same attempt, and later ones have higher ones',
    mutate: (story) => {
      story.entries = story.entries.map((entry) =>
        entry.kind === 'started' && entry.run === 'w#3' ? { ...entry, attempt: 1 } : entry,
      );
    },
  },
  {
    title: 'a result counts a try that was never run',
    caughtBy: 'the tries of a finished task are those that were run',
    mutate: storing('b', { tries: 2 }),
  },
  {
    title: 'a try was charged and never run',
    caughtBy: 'the tries of a finished task are those that were run',
    mutate: (story) => {
      story.entries = story.entries.map((entry) =>
        entry.kind === 'started' && entry.id === 'u' ? { ...entry, tries: 2 } : entry,
      );
      storing('u', { tries: 2 })(story);
    },
  },
  {
    title: 'two unique runs overlap',
    caughtBy: 'two runs that exclude each other never overlap',
    mutate: adding(
      said('p', 6, { kind: 'intent', ids: ['u2'], task: 'lonely', expect: 'done or lost race' }),
      ...run('u2', 'z#1', { at: 22, task: 'lonely' }),
    ),
  },
  {
    title: 'a queued task is in no list',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: pending('b', 'q'),
  },
  {
    title: 'a due task is not in due',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: pending('b', 'd'),
  },
  {
    title: 'a due task is in a list, too',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: (story) => {
      pending('b', 'd')(story);
      story.state.due = new Set(['b']);
      story.state.ready = ['b'];
    },
  },
  {
    title: 'a finished task is due',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: ({ state }) => {
      state.due = new Set(['a']);
    },
  },
  {
    title: 'a finished task is still held',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: ({ state }) => {
      state.running = new Map([['a', 'w~1|4']]);
      state.workers = new Set(['w~1']);
      state.claims = new Map([['w~1', new Map([['4', 'a']])]]);
    },
  },
  {
    title: 'a task is held by a worker that nobody would ever empty',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: (story) => {
      pending('b', 'q')(story);
      story.state.running = new Map([['b', 'gone~1|1']]);
      story.state.claims = new Map([['gone~1', new Map([['1', 'b']])]]);
    },
  },
  {
    title: 'a claim does not name what is held by it',
    caughtBy: 'a task is where its state says, and nowhere else',
    mutate: (story) => {
      pending('b', 'q')(story);
      story.state.running = new Map([['b', 'w~1|1']]);
      story.state.workers = new Set(['w~1']);
      story.state.claims = new Map([['w~1', new Map([['1', 'bb a']])]]);
    },
  },
  {
    title: 'a table is left',
    caughtBy: 'a drained queue keeps results with an end, and nothing else',
    mutate: ({ state }) => {
      state.keys = [...state.keys, 'tries'];
    },
  },
  {
    title: 'a result stays for ever',
    caughtBy: 'a drained queue keeps results with an end, and nothing else',
    mutate: storing('a', { ttl: -1 }),
  },
  {
    title: 'a claim does not list what it holds',
    caughtBy: 'an audit finds nothing',
    mutate: ({ state }) => {
      state.findings = [{ kind: 'unlisted', id: 'a', worker: 'w~1', isRepaired: false }];
    },
  },
  {
    title: 'a history stays for ever',
    caughtBy: 'a drained queue keeps results with an end, and nothing else',
    mutate: ({ state }) => {
      state.histories = new Map([['a', -1]]);
    },
  },
];

describe('the checker', () => {
  it('has nothing to say of a story that went well', async () => {
    const { entries, state } = goodStory();
    expect(check(await collectFacts(entries), state, stormRules)).toEqual([]);
  });

  it('lets a process that was frozen begin what it held, after others have run it', async () => {
    const { entries, state } = goodStory();
    const zombie = [...run('a', 'z#1', { at: 50, attempt: 0 }), frozen('z', 2, 45)];
    expect(check(await collectFacts([...entries, ...zombie]), state, stormRules)).toEqual([]);
  });

  it('lets a run be repeated whose process was killed while Redis was away, before it could say that it had ended', async () => {
    const { entries, state } = goodStory();
    const again = [redisAway(15, 5_000), killed('w', 4_000), ...run('a', 'y#1', { at: 6_000, attempt: 2 })];
    const found = check(await collectFacts([...entries, ...again]), state);
    expect(found.filter(({ rule }) => rule.startsWith('a run is repeated'))).toEqual([]);
  });

  it('lets a task be given up over processes that were struck after its run, and before they began it', async () => {
    const story = goodStory();
    storing('b', { code: 'c', digest: 'c - 110 ', endedAt: 100 })(story);
    adding(...run('a', 'y#1', { at: 11, attempt: 2 }), frozen('w', 50, 90), killed('y', 40))(story);
    const found = check(await collectFacts(story.entries), story.state);
    expect(found.filter(({ id }) => id === 'b')).toEqual([]);
  });

  for (const { title, caughtBy, mutate } of mutants) {
    it(`notices that ${title}`, async () => {
      const story = goodStory();
      mutate(story);
      const found = check(await collectFacts(story.entries), story.state, stormRules);
      expect(found.map(({ rule }) => rule)).toContain(caughtBy);
    });
  }

  it('has a mutant for every rule', () => {
    const caught = new Set(mutants.map(({ caughtBy }) => caughtBy));
    expect(stormRules.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
  });
});
