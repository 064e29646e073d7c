import { describe, expect } from 'vitest';
import { uniqueLock } from '../protocol/lock.ts';
import { noTries } from '../protocol/tries.ts';
import { type AuditInput, audit } from './audit.ts';
import type { AuditFinding } from './audit-finding.ts';
import { renew } from './renew.ts';
import { lease, numberedIds, type QueueUnderTest, settlesOf, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';

const lock = uniqueLock('report');
const later = { kind: 'delay', ms: 1_000 } as const;

/** As the auditor does it: it asks what should be in a list, and then for what is in none. */
async function judge(
  queue: QueueUnderTest,
  wishes: Partial<AuditInput>,
): Promise<readonly (AuditFinding & { readonly isRepairable: boolean })[]> {
  const input = { ids: [], others: [], repairs: true, allEnd: false, lease, ...wishes };
  const { ids } = input;
  const { waiting } = await queue.run(audit, { ...input, ids, repairs: false, lists: { kind: 'unread' } });
  const records = ids.map((id) => waiting.get(id) ?? '');
  const { findings } = await queue.run(audit, { ...input, lists: { kind: 'search', records } });
  return findings.map(({ finding, isRepairable }) => ({ ...finding, isRepairable }));
}

/** `held` is run by `w1`, `waits` waits. */
async function working(queue: QueueUnderTest): Promise<void> {
  await queue.join('w1', 'w2');
  await queue.put(['held', 'waits']);
  await queue.take('w1', 1);
}

describe('an audit of a queue in order', () => {
  test('finds nothing in any state of a task, and writes nothing', async ({ queue }) => {
    await working(queue);
    await queue.put(['alone'], { lock, lockMode: 'u' });
    await queue.take('w2', 2);
    await queue.enqueue(sampleItem('planned', { start: later }));
    await queue.put(['next', 'done']);
    await queue.redis.lrem(queue.keys.ready, 0, 'next');
    await queue.redis.rpush(queue.keys.suspects, 'next');
    await queue.take('w1', 1, { acked: 1, holdsSuspect: true });
    await queue.settle('w1', 2, { done: sampleResult('succeed') });
    const before = await queue.dump();

    const ids = ['held', 'waits', 'alone', 'planned', 'next', 'done', 'never'];
    const others = [
      { kind: 'worker', name: 'w1' },
      { kind: 'worker', name: 'nobody' },
      { kind: 'lock', name: lock },
      { kind: 'schedule', name: 'never' },
    ] as const;
    expect(await judge(queue, { ids, others, allEnd: true })).toEqual([]);
    expect(await queue.dump()).toEqual(before);
  });

  test('answers what should be in a list when it does not look into them', async ({ queue }) => {
    await working(queue);
    await queue.redis.hset(queue.keys.tries, 'waits', '1,1,0,,');
    const input = { ids: ['held', 'waits'], others: [], repairs: true, allEnd: false, lease };

    const reply = await queue.run(audit, { ...input, lists: { kind: 'unread' } });

    expect(reply).toMatchObject({ waiting: new Map([['waits', '1,1,0,,']]), findings: [] });
  });

  test('does not take for stranded what has moved since it was looked for', async ({ queue }) => {
    await queue.put(['moved']);
    await queue.redis.hset(queue.keys.tries, 'moved', '2,2,0,,w1|2');
    await queue.redis.del(queue.keys.ready);
    const input = { ids: ['moved'], others: [], repairs: true, allEnd: false, lease };

    for (const kind of ['search', 'searched'] as const) {
      const { findings } = await queue.run(audit, { ...input, lists: { kind, records: ['1,1,0,,w1|1'] } });
      expect(findings).toEqual([]);
    }
    const lists = { kind: 'searched', records: ['2,2,0,,w1|2'] } as const;
    expect((await queue.run(audit, { ...input, lists })).findings).toHaveLength(1);
  });

  test('does not mind ids in lists that were aborted or have ended', async ({ queue }) => {
    await working(queue);
    await queue.redis.lpush(queue.keys.ready, 'held', 'never');

    expect(await judge(queue, { ids: ['held', 'never'] })).toEqual([]);
  });
});

describe('a task that is in no list', () => {
  test('goes to the front of those that wait, in the order given, and the bell is rung', async ({
    queue,
  }) => {
    await queue.join('w1');
    await queue.put(['first', 'second', 'third']);
    await queue.redis.del(queue.keys.ready, queue.keys.bell);
    await queue.put(['new']);
    await queue.redis.del(queue.keys.bell);

    const found = await judge(queue, { ids: ['third', 'second', 'first', 'new'] });

    const stranded = { kind: 'stranded', place: 'ready', isRepairable: true };
    expect(found).toEqual(['third', 'second', 'first'].map((id) => ({ ...stranded, id })));
    expect(await queue.ready()).toEqual(['first', 'second', 'third', 'new']);
    expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
  });

  test('is only reported when nothing is to be put right', async ({ queue }) => {
    await queue.put(['lost']);
    await queue.redis.del(queue.keys.ready);
    const before = await queue.dump();

    expect(await judge(queue, { ids: ['lost'], repairs: false })).toMatchObject([{ kind: 'stranded' }]);
    expect(await queue.dump()).toEqual(before);
  });

  test('goes to the suspects when it crashed two workers', async ({ queue }) => {
    await queue.put(['lost']);
    await queue.redis.hset(queue.keys.tries, 'lost', '0,2,2,,');
    await queue.redis.del(queue.keys.ready);

    expect(await judge(queue, { ids: ['lost'] })).toMatchObject([{ id: 'lost', place: 'suspects' }]);
    expect(await queue.suspects()).toEqual(['lost']);
  });

  test('is held again by the one claim that lists it', async ({ queue }) => {
    await working(queue);
    await queue.redis.del(queue.keys.running);

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([{ id: 'held', place: 'running' }]);
    const { verdicts } = await queue.settle('w1', 1, { held: sampleResult('succeed') });
    expect([...verdicts]).toEqual([]);
    expect(await queue.value('held')).toMatchObject({ kind: 'finished', code: '+' });
  });

  test('waits again when the claim that lists it has settled it', async ({ queue }) => {
    await queue.join('w1');
    await queue.put(['tried', 'held']);
    await queue.take('w1', 2);
    const tries = { ...noTries, tries: 1, attempts: 1 };
    const retry = { kind: 'retry', start: { kind: 'now' }, tries, error: '{}', lock: '' } as const;
    await queue.settle('w1', 1, { tried: retry });
    await queue.redis.del(queue.keys.ready);

    expect(await judge(queue, { ids: ['tried'] })).toMatchObject([{ id: 'tried', place: 'ready' }]);
    expect(await queue.ready()).toEqual(['tried']);
  });

  test('is left alone while several claims list it', async ({ queue }) => {
    await working(queue);
    await queue.redis.del(queue.keys.running);
    await queue.redis.hset(queue.keys.claims('w2'), '4', 'held', 'n', '4');
    const before = await queue.dump();

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([{ place: 'running', isRepairable: false }]);
    expect(await queue.dump()).toEqual(before);
  });

  test('of a later start becomes due at once', async ({ queue }) => {
    await queue.enqueue(sampleItem('planned', { start: { kind: 'delay', ms: 3_600_000 } }));
    await queue.redis.del(queue.keys.due);

    expect(await judge(queue, { ids: ['planned'] })).toMatchObject([{ id: 'planned', place: 'due' }]);
    await queue.join('w1');
    await queue.step('w1', { tend: true });
    expect(await queue.ready()).toEqual(['planned']);
  });
});

describe('a task that is held', () => {
  test('is listed by its claim again, so that it is taken over when its worker dies', async ({ queue }) => {
    await queue.join('w1', 'w2');
    await queue.put(['a', 'b']);
    await queue.take('w1', 2);
    await queue.redis.del(queue.keys.claims('w1'));

    expect(await judge(queue, { ids: ['a', 'b'] })).toMatchObject([
      { kind: 'unlisted', id: 'a', worker: 'w1' },
      { kind: 'unlisted', id: 'b', worker: 'w1' },
    ]);
    expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '1', 1: 'a b' });
    await queue.lapseAllBut('w2');
    await queue.step('w2', { tend: true });
    expect(await queue.ready()).toEqual(['a', 'b']);
  });

  test('by a worker without a lease is taken over after one', async ({ queue }) => {
    await working(queue);
    await queue.redis.del(queue.keys.workers);
    await queue.join('w3');

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([{ kind: 'orphaned', worker: 'w1' }]);
    await queue.lapseAllBut('w3');
    await queue.step('w3', { tend: true });
    expect(await queue.ready()).toEqual(['held', 'waits']);
  });

  test('by a worker that was being emptied is taken over, too', async ({ queue }) => {
    const ids = numberedIds(201);
    await queue.join('w1', 'w2');
    await queue.put(ids);
    await queue.take('w1', 201);
    await queue.lapseAllBut('w2');
    await queue.step('w2', { tend: true });
    await queue.redis.del(queue.keys.dead);
    await queue.step('w2', { tend: true });
    const [last = ''] = await queue.redis.hkeys(queue.keys.running);

    expect(await judge(queue, { ids: [last] })).toMatchObject([{ kind: 'orphaned', id: last, worker: 'w1' }]);
    await queue.lapseAllBut('w2');
    await queue.step('w2', { tend: true });
    expect((await queue.ready()).toSorted()).toEqual(ids);
  });

  test('by a worker without a lease that lives goes on', async ({ queue }) => {
    await working(queue);
    await queue.redis.zrem(queue.keys.workers, 'w1');

    await judge(queue, { ids: ['held'] });

    expect(await queue.run(renew, { worker: 'w1', lease })).toMatchObject({ kind: 'renewed' });
    expect((await queue.settle('w1', 1, { held: sampleResult('succeed') })).verdicts.size).toBe(0);
  });

  test('by nobody that can be made out waits again', async ({ queue }) => {
    await working(queue);
    await queue.redis.hset(queue.keys.running, 'held', 'nonsense');

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([{ kind: 'orphaned', worker: 'nonsense' }]);
    expect(await queue.ready()).toEqual(['held', 'waits']);
    expect(await queue.redis.exists(queue.keys.running)).toBe(0);
  });

  test('and was deleted is left to its worker, whose result is stored', async ({ queue }) => {
    await working(queue);
    await queue.redis.del(queue.keys.task('held'));
    const before = await queue.dump();

    expect(await judge(queue, { ids: ['held'] })).toEqual([
      { kind: 'missing', id: 'held', isRepairable: false },
    ]);
    expect(await queue.dump()).toEqual(before);
    await queue.settle('w1', 1, { held: sampleResult('succeed') });
    expect(await judge(queue, { ids: ['held'] })).toEqual([]);
  });

  test('and has ended is held no longer: its result stays', async ({ queue }) => {
    await working(queue);
    await queue.settle('w1', 1, { held: sampleResult('succeed') });
    await queue.redis.hset(queue.keys.running, 'held', 'w2|7');

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([{ kind: 'ended', id: 'held' }]);
    const { verdicts } = await queue.settle('w2', 7, { held: sampleResult('fail') });
    expect([...verdicts.values()]).toEqual(['lost']);
    expect(await queue.value('held')).toMatchObject({ code: '+' });
  });

  test('and is due later, by its state, is not', async ({ queue }) => {
    await working(queue);
    await queue.redis.setrange(queue.keys.task('held'), 0, 'd');
    await queue.redis.zadd(queue.keys.due, 5, 'held');

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([
      { kind: 'misplaced' },
      { kind: 'dangling', table: 'due' },
    ]);
    expect(await queue.value('held')).toMatchObject({ kind: 'pending', state: 'q' });
    expect(await queue.redis.exists(queue.keys.due)).toBe(0);
  });

  test('and excludes others gets its lock back, unless another has it by now', async ({ queue }) => {
    await queue.join('w1', 'w2');
    await queue.put(['one', 'two'], { lock, lockMode: 'u' });
    await queue.take('w1', 1);
    await queue.redis.del(queue.keys.unique);

    expect(await judge(queue, { ids: ['one'] })).toMatchObject([{ kind: 'unlocked', id: 'one', lock }]);
    expect(await queue.redis.hgetall(queue.keys.unique)).toEqual({ [lock]: 'one,w1|1' });
    await queue.redis.del(queue.keys.unique);
    await queue.take('w2', 1);
    expect(await judge(queue, { ids: ['one', 'two'] })).toEqual([]);
  });
});

describe('what is left of a task', () => {
  test('that does not exist goes', async ({ queue }) => {
    await queue.redis.zadd(queue.keys.due, 5, 'gone');
    await queue.redis.hset(queue.keys.tries, 'gone', '1,1,0,,');
    await queue.redis.hset(queue.keys.aborts, 'gone', '1');
    await queue.redis.hset(queue.keys.watch, 'gone', 'c1');
    await queue.redis.rpush(queue.keys.history('gone'), '{}');

    const tables = (await judge(queue, { ids: ['gone'] })).map((found) => 'table' in found && found.table);

    expect(tables).toEqual(['due', 'tries', 'aborts', 'watch', 'history']);
    expect(await queue.dump()).toEqual([]);
  });

  test('that has ended goes, and the errors of its tries stay as long as its result', async ({ queue }) => {
    await working(queue);
    await queue.settle('w1', 1, { held: sampleResult('succeed') });
    await queue.redis.hset(queue.keys.watch, 'held', 'c1');
    await queue.redis.rpush(queue.keys.history('held'), '{}');

    expect(await judge(queue, { ids: ['held'] })).toMatchObject([
      { kind: 'dangling', table: 'watch' },
      { kind: 'endless', key: 'history' },
    ]);
    expect(await queue.redis.pttl(queue.keys.history('held'))).toBeGreaterThan(200_000);
  });

  test('that ended and stays for ever is a finding when none may, or when its header has an end', async ({
    queue,
  }) => {
    await queue.redis.set(queue.keys.task('kept'), '+;w1|1\n------0greet');
    await queue.redis.set(queue.keys.task('brief'), '+;w1|1;;5\n------0greet');
    await queue.redis.rpush(queue.keys.history('kept'), '{}');
    const ids = ['kept', 'brief'];

    expect(await judge(queue, { ids, repairs: false })).toMatchObject([{ kind: 'endless', id: 'brief' }]);
    expect(await judge(queue, { ids, allEnd: true })).toMatchObject([
      { id: 'kept', key: 'task' },
      { id: 'kept', key: 'history' },
      { id: 'brief', key: 'task' },
    ]);
    expect(await queue.redis.pttl(queue.keys.task('kept'))).toBeGreaterThan(200_000);
    expect(await queue.redis.pttl(queue.keys.task('brief'))).toBeGreaterThan(50_000);
  });

  test('that cannot be read is only reported', async ({ queue }) => {
    await queue.redis.mset(queue.keys.task('odd'), '?', queue.keys.task('empty'), '');

    expect(await judge(queue, { ids: ['odd', 'empty'] })).toEqual([
      { kind: 'unreadable', id: 'odd', isRepairable: false },
      { kind: 'unreadable', id: 'empty', isRepairable: false },
    ]);
  });
});

describe('what there is beside tasks', () => {
  test('a lock that nobody holds is freed', async ({ queue }) => {
    await queue.join('w1');
    await queue.redis.hset(queue.keys.unique, {
      dead: 'a,w9|1,5',
      left: 'b,w1|1',
      odd: '?',
      open: 'c,w1|1,5',
    });
    const others = ['dead', 'left', 'odd', 'open'].map((name) => ({ kind: 'lock', name }) as const);

    const found = await judge(queue, { others });

    expect(found.map((one) => 'lock' in one && one.lock)).toEqual(['dead', 'left', 'odd']);
    expect(await queue.redis.hkeys(queue.keys.unique)).toEqual(['open']);
  });

  test('keys of a worker that is gone are deleted, unless it holds something', async ({ queue }) => {
    await working(queue);
    await queue.redis.del(queue.keys.workers);
    await queue.redis.rpush(queue.keys.inbox('w2'), 'wake');
    const others = ['w1', 'w2'].map((name) => ({ kind: 'worker', name }) as const);

    expect(await judge(queue, { others })).toMatchObject([{ kind: 'departed', worker: 'w2' }]);
    expect(await queue.redis.exists(queue.keys.worker('w2'), queue.keys.inbox('w2'))).toBe(0);
    expect(await queue.redis.exists(queue.keys.worker('w1'), queue.keys.claims('w1'))).toBe(2);
  });

  test('half a schedule is forgotten', async ({ queue }) => {
    await queue.redis.hset(queue.keys.schedules, { whole: 'h', defined: 'h' });
    await queue.redis.zadd(queue.keys.schedulesDue, 1, 'whole', 2, 'planned');
    const others = ['whole', 'defined', 'planned'].map((name) => ({ kind: 'schedule', name }) as const);

    expect(await judge(queue, { others })).toMatchObject([
      { kind: 'halved', name: 'defined', missing: 'slot' },
      { kind: 'halved', name: 'planned', missing: 'definition' },
    ]);
    expect(await queue.redis.hkeys(queue.keys.schedules)).toEqual(['whole']);
    expect(await queue.redis.zrange(queue.keys.schedulesDue, '0', '-1')).toEqual(['whole']);
  });

  test('the bell keeps one token', async ({ queue }) => {
    await queue.redis.rpush(queue.keys.bell, '1', '1', '1');

    expect(await judge(queue, {})).toEqual([{ kind: 'ringing', tokens: 3, isRepairable: true }]);
    expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
  });
});

test.for([0, 1, 200])('%i stranded tasks among 2,500 that are not', async (size, { queue }) => {
  const ids = numberedIds(size, 'lost');
  await queue.join('w1');
  await queue.put(ids.concat('other'));
  await queue.redis.del(queue.keys.ready);
  for (let turn = 0; turn < 5; turn += 1) await queue.put(numberedIds(500, `turn${turn}-`));

  const known = [0, 1, 2, 3, 4].map((turn) => `turn${turn}-0000`);

  expect(await judge(queue, { ids: ids.toReversed() })).toHaveLength(size);
  expect(await judge(queue, { ids: known })).toEqual([]);
  expect((await queue.ready()).slice(0, size)).toEqual(ids);
});

test('of a long list the 10,000 that are claimed next are looked into, the others were walked through', async ({
  queue,
}) => {
  await queue.put(['deep', 'next']);
  await queue.redis.del(queue.keys.ready);
  for (let turn = 0; turn < 11; turn += 1)
    await queue.redis.rpush(queue.keys.ready, ...numberedIds(999, `turn${turn}-`), turn === 1 ? 'next' : 'x');
  await queue.redis.lpush(queue.keys.ready, 'deep');

  const found = await judge(queue, { ids: ['deep', 'next'], repairs: false });

  expect(found).toMatchObject([{ kind: 'stranded', id: 'deep' }]);
});

test('more than 200 subjects are refused', async ({ queue }) => {
  const others = [{ kind: 'lock', name: 'one' }] as const;
  await expect(judge(queue, { ids: numberedIds(200), others })).rejects.toThrow(/at most 200/);
  await expect(judge(queue, { ids: numberedIds(201) })).rejects.toThrow(/at most 200/);
});

test('settles of what was restored count once', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 2);
  await queue.step('w1', { settles: settlesOf(1, { a: sampleResult('succeed') }) });
  await queue.redis.del(queue.keys.running);

  expect(await judge(queue, { ids: ['a', 'b'] })).toMatchObject([{ kind: 'stranded', id: 'b' }]);
});
