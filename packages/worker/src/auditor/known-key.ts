import type { QueueKeys } from '@q/core/wire';

/** What a key of a queue is, by its name. */
export type KnownKey =
  | { readonly kind: 'table'; readonly type: string; readonly key: string }
  | { readonly kind: 'task' | 'history'; readonly type: string; readonly id: string }
  | { readonly kind: 'worker'; readonly type: string; readonly worker: string };

export type KeyReader = (name: string) => KnownKey | undefined;

/** Reads names without the queue's prefix; answers nothing for those that this version does not know. */
export function keyReader(keys: QueueKeys): KeyReader {
  const prefix = keys.task('').slice(0, -'task:'.length);
  const bare = (key: string): string => key.slice(prefix.length);
  const tables = new Map<string, KnownKey>();
  const noteTables = (type: string, names: readonly string[]): void => {
    for (const key of names) tables.set(bare(key), { kind: 'table', type, key });
  };
  const { running, tries, aborts, watch, unique, meta, schedules, schedulesLast } = keys;
  const { ready, suspects, bell, due, workers, dead, schedulesDue } = keys;
  noteTables('hash', [running, tries, aborts, watch, unique, meta, schedules, schedulesLast]);
  noteTables('list', [ready, suspects, bell]);
  noteTables('zset', [due, workers, dead, schedulesDue]);
  const families = [
    [bare(keys.task('')), (id: string): KnownKey => ({ kind: 'task', type: 'string', id })],
    [bare(keys.history('')), (id: string): KnownKey => ({ kind: 'history', type: 'list', id })],
    [bare(keys.claims('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'hash', worker })],
    [bare(keys.worker('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'string', worker })],
    [bare(keys.inbox('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'list', worker })],
  ] as const;
  return (name) => {
    const table = tables.get(name);
    if (table !== undefined) return table;
    const family = families.find(([start]) => name.startsWith(start) && name.length > start.length);
    return family?.[1](name.slice(family[0].length));
  };
}
