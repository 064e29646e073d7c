/** The keys of the floor. */
export interface FloorKeys {
  readonly ready: string;
  readonly running: string;
  readonly bell: string;
  /** Prefix of bodies and, later, results. */
  readonly body: string;
}

export function floorKeys(queue: string): FloorKeys {
  const at = (suffix: string): string => `floor:{${queue}}:${suffix}`;
  return { ready: at('ready'), running: at('running'), bell: at('bell'), body: at('task:') };
}
