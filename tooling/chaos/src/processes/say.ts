/** What a process tells the harness. */
export type Said =
  | { readonly kind: 'running' }
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'done' };

export function say(message: Said): void {
  process.send?.(message);
}

/** A child has no reason to outlive the harness. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  process.channel?.unref();
}
