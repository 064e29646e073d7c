import type { QueueKeys } from '@q/core/wire';

/** What a key of a queue is, by its name. */
export type KnownKey =
  | { readonly kind: 'table'; readonly type: string }
  | { readonly kind: 'task' | 'history'; readonly type: string; readonly id: string }
  | { readonly kind: 'worker'; readonly type: string; readonly worker: string };

export type KeyReader = (name: string) => KnownKey | undefined;

/** Reads names without the queue's prefix; answers nothing for those that this version does not know. */
export function keyReader(keys: QueueKeys): KeyReader {
  const prefix = keys.task('').slice(0, -'task:'.length);
  const bare = (key: string): string => key.slice(prefix.length);
  const tables = new Map<string, string>();
  const { running, tries, aborts, watch, unique, meta, schedules, schedulesLast } = keys;
  const { ready, suspects, bell, due, workers, dead, schedulesDue } = keys;
  for (const key of [running, tries, aborts, watch, unique, meta, schedules, schedulesLast])
    tables.set(bare(key), 'hash');
  for (const key of [ready, suspects, bell]) tables.set(bare(key), 'list');
  for (const key of [due, workers, dead, schedulesDue]) tables.set(bare(key), 'zset');
  const families = [
    [bare(keys.task('')), (id: string): KnownKey => ({ kind: 'task', type: 'string', id })],
    [bare(keys.history('')), (id: string): KnownKey => ({ kind: 'history', type: 'list', id })],
    [bare(keys.claims('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'hash', worker })],
    [bare(keys.worker('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'string', worker })],
    [bare(keys.inbox('')), (worker: string): KnownKey => ({ kind: 'worker', type: 'list', worker })],
  ] as const;
  return (name) => {
    const type = tables.get(name);
    if (type !== undefined) return { kind: 'table', type };
    const family = families.find(([start]) => name.startsWith(start) && name.length > start.length);
    return family?.[1](name.slice(family[0].length));
  };
}
