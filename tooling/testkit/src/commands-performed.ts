import type { Redis } from 'ioredis';

/** What a server did meanwhile, as its own statistics say: calls by clients and calls inside scripts alike. */
export interface CommandsPerformed<Value> {
  /** What the function returned. */
  readonly value: Value;
  readonly total: number;
  /** How often the server read from a socket: commands that were sent together arrive with one read. */
  readonly reads: number;
  /** Calls per command, in lower case: `{ evalsha: 1, hget: 32 }`. Commands that were not called are absent. */
  readonly byCommand: Readonly<Record<string, number>>;
}

/**
 * Counts the commands that the server performs while `act` runs. The count is the server's, not a connection's: use a
 * server that only this test knows (`startRedis`).
 */
export async function commandsPerformed<Value>(
  redis: Redis,
  act: () => Promise<Value>,
): Promise<CommandsPerformed<Value>> {
  const infoBefore = await redis.info('everything');
  const value = await act();
  const infoAfter = await redis.info('everything');
  const before = readCommandStats(infoBefore);
  const after = readCommandStats(infoAfter);
  // Without the one that brought the second question.
  const reads = readReads(infoAfter) - readReads(infoBefore) - 1;
  const byCommand: Record<string, number> = {};
  for (const [command, calls] of after) {
    const made = calls - (before.get(command) ?? 0);
    if (made > 0 && command !== 'info') byCommand[command] = made;
  }
  const total = Object.values(byCommand).reduce((sum, calls) => sum + calls, 0);
  return { value, total, reads, byCommand };
}

function readReads(info: string): number {
  return Number(/^total_reads_processed:(\d+)/m.exec(info)?.[1]);
}

/** The calls per command in an answer of `INFO commandstats`. */
function readCommandStats(info: string): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const [, command = '', count] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    calls.set(command.toLowerCase(), Number(count));
  }
  return calls;
}
