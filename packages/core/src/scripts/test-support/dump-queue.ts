import type { Redis } from 'ioredis';

/**
 * Everything that a queue has in Redis, one line per element: `<key> <type> <ttl or -> <element>`. Keys stand without
 * the queue's prefix and without order; epoch milliseconds stand as `<ms>`, because they differ from run to run.
 */
export async function dumpQueue(redis: Redis, queue: string): Promise<string[]> {
  const prefix = `q:{${queue}}:`;
  const lines: string[] = [];
  for (const key of (await redis.keys(`${prefix}*`)).toSorted()) {
    const type = await redis.type(key);
    const lives = (await redis.pttl(key)) > 0 ? 'ttl' : '-';
    for (const element of await readElements(redis, key, type)) {
      lines.push(
        `${key.slice(prefix.length)} ${type} ${lives} ${JSON.stringify(element)}`.replaceAll(
          /\d{13}/g,
          '<ms>',
        ),
      );
    }
  }
  return lines;
}

async function readElements(redis: Redis, key: string, type: string): Promise<string[]> {
  switch (type) {
    case 'string':
      return [(await redis.get(key)) ?? ''];
    case 'list':
      return (await redis.lrange(key, 0, -1)).map((item, at) => `${at} ${item}`);
    case 'zset':
      // By name: times of the same ms, and of two, bring the same elements in different orders.
      return pairs(await redis.zrange(key, '0', '-1', 'WITHSCORES')).toSorted();
    default:
      return Object.entries(await redis.hgetall(key))
        .map(([field, value]) => `${field} = ${value}`)
        .toSorted();
  }
}

function pairs(flat: readonly string[]): string[] {
  const listed: string[] = [];
  for (let at = 0; at < flat.length; at += 2) listed.push(`${flat[at]} = ${flat[at + 1]}`);
  return listed;
}
