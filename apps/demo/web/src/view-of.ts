import type { AnyHandle, Status } from '@q/client';
import type { AnyResult } from '@q/core';

/** What the page shows of a task. */
export interface View {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly result: AnyResult | null;
}

export async function viewOf(handle: AnyHandle): Promise<View> {
  const status = await handle.status();
  const result = status === 'done' ? await handle.result({ timeout: '2s' }) : null;
  return { id: handle.id, name: handle.name, status, result };
}
