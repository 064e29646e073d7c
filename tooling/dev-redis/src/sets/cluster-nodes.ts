import type { RedisServer } from '../redis-server.ts';
import { askServer } from './ask-server.ts';

/** One line of `CLUSTER NODES`. */
export interface ClusterNode {
  readonly id: string;
  readonly port: number;
  readonly isMyself: boolean;
  readonly isMaster: boolean;
  readonly hasFailed: boolean;
  readonly masterId: string | null;
  readonly slots: ReadonlyArray<readonly [low: number, high: number]>;
}

function readClusterNodes(text: string): readonly ClusterNode[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', address = '', flags = '', masterId = '-', , , , , ...slots] = line.split(' ');
      const words = flags.split(',');
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        isMyself: words.includes('myself'),
        isMaster: words.includes('master'),
        hasFailed: words.includes('fail') || words.includes('fail?'),
        masterId: masterId === '-' ? null : masterId,
        // What is on the move stands in brackets.
        slots: slots.filter((range) => !range.startsWith('[')).map(readRange),
      };
    });
}

/** All nodes as this one sees them. @param within - ms in which it must answer. @default 5_000 */
export async function nodesSeenBy({ url }: RedisServer, within?: number): Promise<readonly ClusterNode[]> {
  return readClusterNodes(String(await askServer(url, (redis) => redis.call('CLUSTER', 'NODES'), within)));
}

export async function idOfNode({ url }: RedisServer): Promise<string> {
  return String(await askServer(url, (redis) => redis.call('CLUSTER', 'MYID')));
}

function readRange(range: string): readonly [number, number] {
  const [low = '', high = low] = range.split('-');
  return [Number(low), Number(high)];
}
