import type { System } from './system.ts';

/** `own` is what is judged, `floor` the least that any queue must do, `peer` is somebody else's queue. */
export type Role = 'own' | 'floor' | 'peer';

/** Every system that can be measured. A peer is one more name and entry here, and one more file in `systems/`. */
export type SystemName = 'q' | 'floor';

interface Entry {
  readonly role: Role;
  readonly load: () => Promise<System>;
}

const entries: Readonly<Record<SystemName, Entry>> = {
  q: { role: 'own', load: async () => (await import('./systems/q.ts')).q },
  floor: { role: 'floor', load: async () => (await import('./systems/floor.ts')).floor },
};

export function isSystemName(name: unknown): name is SystemName {
  return typeof name === 'string' && Object.hasOwn(entries, name);
}

export const systemNames: readonly SystemName[] = Object.keys(entries).filter(isSystemName);

export function roleOf(name: SystemName): Role {
  return entries[name].role;
}

/** Loaded on demand, so that a process holds the code of one system only. */
export function loadSystem(name: SystemName): Promise<System> {
  return entries[name].load();
}
