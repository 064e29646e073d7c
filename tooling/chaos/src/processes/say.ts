import { once } from 'node:events';

/** What a process tells the harness. */
export type Said = { readonly kind: 'running' } | { readonly kind: 'started'; readonly id: string };

export function say(message: Said): void {
  process.send?.(message);
}

/** Resolves when the harness calls a process that stands by. */
export async function called(): Promise<void> {
  process.channel?.ref();
  await once(process, 'message');
  process.channel?.unref();
}

/** A child has no reason to outlive the harness. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  process.channel?.unref();
}
