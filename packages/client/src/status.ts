import { decodeTaskValue, type ReadItem } from '@q/core/wire';

/**
 * Where a task is: `scheduled` until a time comes (also between two tries), `queued` until a worker takes it, `running`
 * from then on (a few ms before its handler starts), `done` however it ended, `missing` when nothing is known of the id.
 */
export type Status = 'scheduled' | 'queued' | 'running' | 'done' | 'missing';

export function statusOf(item: ReadItem | null): Status {
  if (item === null) return 'missing';
  const value = decodeTaskValue(item.value);
  if (value?.kind === 'finished') return 'done';
  if (item.tag !== null) return 'running';
  return value?.state === 'd' ? 'scheduled' : 'queued';
}
