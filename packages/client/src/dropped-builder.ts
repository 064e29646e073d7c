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

/** In production it costs nothing and warns of nothing. */
export function warnIfDropped(builder: object, use: BuilderUse): void {
  if (process.env['NODE_ENV'] !== 'production') dropped.register(builder, use);
}
