import type { Redis } from 'ioredis';

/** Commands that a server has performed so far, inside scripts or not, without those of the harness. */
export async function commandsPerformed(redis: Redis): Promise<number> {
  return countCommands(await redis.info('commandstats'));
}

/** The sum of an answer of `INFO commandstats`, without INFO itself. */
export function countCommands(info: string): number {
  let total = 0;
  for (const [, command, calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (command !== 'info') total += Number(calls);
  }
  return total;
}

/** Bytes that the data takes; what belongs to connections comes and goes. */
export async function bytesUsed(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return readNumber(info, 'used_memory') - readNumber(info, 'mem_clients_normal');
}

/** Whether the keys of the first database are on their way into a larger table. */
export async function isGrowing(redis: Redis): Promise<boolean> {
  return String(await redis.call('DEBUG', 'HTSTATS', '0')).includes('rehashing target');
}

function readNumber(info: string, field: string): number {
  const found = new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1];
  if (found === undefined) throw new Error(`INFO memory has no ${field}`);
  return Number(found);
}
