/** Whether a builder was awaited, or replaced by another. Outlives the builder, so it must not refer to it. */
export interface BuilderUse {
  readonly name: string;
  isUsed: boolean;
}

const dropped = new FinalizationRegistry<BuilderUse>(({ name, isUsed }) => {
  if (isUsed) return;
  process.emitWarning(
    `an enqueue of task "${name}" was never awaited, so it was not sent; await it, or use send()`,
    {
      type: 'QueueWarning',
      code: 'Q_BUILDER_DROPPED',
    },
  );
});

/** Read once: every look at the environment is a call into the operating system. */
const warns = process.env['NODE_ENV'] !== 'production';

/** In production it costs nothing and warns of nothing. */
export function warnIfDropped(builder: object, name: string): BuilderUse | undefined {
  if (!warns) return undefined;
  const use = { name, isUsed: false };
  dropped.register(builder, use);
  return use;
}

export function markUsed(use: BuilderUse | undefined): void {
  if (use !== undefined) use.isUsed = true;
}
