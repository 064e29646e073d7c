import { uniqueLock } from '../../protocol/lock.ts';
import type { QueueUnderTest } from './queue-under-test.ts';
import { sampleItem } from './sample-values.ts';

const lock = uniqueLock('report');
const soon = { kind: 'delay', ms: 1_000 } as const;

/** One of nearly everything that an audit puts right. Answers the ids of the tasks. */
export async function damaged(queue: QueueUnderTest): Promise<readonly string[]> {
  await queue.join('w1', 'w2', 'w3');
  await queue.put(['held', 'adrift']);
  await queue.put(['locked'], { lock, lockMode: 'u' });
  await queue.take('w1', 1);
  await queue.put(['stranded', 'ended', 'tried']);
  await queue.enqueue(sampleItem('planned', { start: soon }));
  await queue.redis.del(queue.keys.ready, queue.keys.due, queue.keys.bell, queue.keys.unique);
  await queue.redis.hset(queue.keys.running, { adrift: 'adrift~1|1', locked: 'locked~1|7' });
  await queue.redis.hset(queue.keys.tries, { tried: '2,2,2,,', nobody: '1,1,0,,' });
  await queue.redis.hset(queue.keys.aborts, 'nobody', '1');
  await queue.redis.hset(queue.keys.watch, 'nobody', 'c1');
  await queue.redis.zadd(queue.keys.due, 1, 'nobody');
  await queue.redis.set(queue.keys.task('ended'), '+;w1|1;;1\n------0greet');
  await queue.redis.hset(queue.keys.unique, 'nobody', 'nobody,w1|9');
  await queue.redis.rpush(queue.keys.bell, '1', '1');
  await queue.redis.hset(queue.keys.schedules, 'nightly', 'h1\n1\nw1\n1\n{}');
  await queue.redis.zadd(queue.keys.schedulesDue, 1, 'hourly');
  return ['held', 'adrift', 'locked', 'stranded', 'ended', 'tried', 'planned', 'nobody'];
}
