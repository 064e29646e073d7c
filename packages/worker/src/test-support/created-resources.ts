import { createHook } from 'node:async_hooks';

/** How many timers, promises and so on were made in this process, by the names that Node.js has for them. */
export interface CreatedResources {
  readonly counts: Readonly<Record<string, number>>;
  stop(): void;
}

export function countCreated(): CreatedResources {
  const counts: Record<string, number> = {};
  const hook = createHook({
    init: (_id, type) => {
      counts[type] = (counts[type] ?? 0) + 1;
    },
  }).enable();
  return { counts, stop: () => hook.disable() };
}
