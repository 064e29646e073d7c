import { type Command, type Figures, isCommand, type Message } from '../messages.ts';

/** Tells the harness something. */
export function say(message: Message): void {
  process.send?.(message);
}

/** Answers the commands of the harness until it says exit, or is gone. */
export function serve(perform: (command: Command) => Promise<Figures>): void {
  process.on('message', (message) => {
    if (!isCommand(message)) return;
    if (message.kind === 'exit') process.exit(0);
    perform(message).then(
      (figures) => say({ kind: 'done', figures }),
      (error: unknown) =>
        say({
          kind: 'failed',
          reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  say({ kind: 'ready' });
}

/** Lets no round pay for the garbage of the one before. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
