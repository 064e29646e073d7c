import { preciseNow } from '../ledger/precise-now.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../proxy/fault-proxy.ts';
import { pass, type SeenCommand, type Verdict } from '../proxy/verdict.ts';
import type { CrashPoint } from './crash-point.ts';

/** The way of one process to Redis, with one blow in it. */
export interface ArmedProxy extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the process has come to the point; a deadly blow has been dealt then. */
  readonly struck: Promise<void>;
  readonly hasStruck: () => boolean;
  /** Resolves when nothing is held up (any more). */
  readonly released: () => Promise<void>;
  /** Every command that came by, in order. */
  readonly commands: readonly SeenCommand[];
}

export interface ArmedProxyOptions {
  readonly target: FaultProxyOptions['target'];
  /** `null` only watches. */
  readonly point: CrashPoint | null;
  /** Ends the process at once. */
  readonly kill: () => void;
  /** Called when nothing is held up any more. */
  readonly onReleased: (since: number) => void;
}

/** Longer than a lease of a second, an outage guard and a run elsewhere; shorter than a client waits for an answer, ms. */
const heldUpFor = 4_000;

export async function startArmedProxy({
  target,
  point,
  kill,
  onReleased,
}: ArmedProxyOptions): Promise<ArmedProxy> {
  const commands: SeenCommand[] = [];
  let hasStruck = false;
  let held: NodeJS.Timeout | undefined;
  let released: Promise<void> = Promise.resolve();
  let tell: () => void = () => undefined;
  const struck = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const strike = (): void => {
    hasStruck = true;
    tell();
  };
  const deadly = (): void => {
    // What the process sends until the signal reaches it is sent by a dead one.
    proxy.setFault({ kind: 'black hole' });
    kill();
    strike();
  };
  const holdUp = (): void => {
    const since = preciseNow();
    proxy.setFault({ kind: 'slow', delay: heldUpFor });
    released = new Promise((resolve) => {
      held = setTimeout(() => {
        proxy.setFault({ kind: 'none' });
        onReleased(since);
        resolve();
      }, heldUpFor);
    });
    strike();
  };
  const proxy: FaultProxy = await startFaultProxy({
    target,
    judge: (command) => {
      commands.push(command);
      const isThere = point !== null && command.name === point.command && command.nth === point.nth;
      return isThere && !hasStruck ? verdictOf(point, { strike, deadly, holdUp }) : pass;
    },
  });
  return {
    url: proxy.url,
    struck,
    hasStruck: () => hasStruck,
    released: () => released,
    commands,
    async [Symbol.asyncDispose]() {
      clearTimeout(held);
      await proxy.stop();
    },
  };
}

interface Acts {
  readonly strike: () => void;
  readonly deadly: () => void;
  readonly holdUp: () => void;
}

function verdictOf({ blow }: CrashPoint, { strike, deadly, holdUp }: Acts): Verdict {
  switch (blow.kind) {
    case 'killed before':
      deadly();
      return { kind: 'swallow' };
    case 'killed after':
      return { kind: 'withhold reply', onReply: deadly };
    case 'reply lost':
      strike();
      return { kind: 'lose reply' };
    case 'held up':
      holdUp();
      return pass;
    case 'refused':
      strike();
      return { kind: 'refuse', error: blow.error };
  }
}
