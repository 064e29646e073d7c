import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import type { Target } from '../proxy/line.ts';
import { pass, type SeenCommand, type Verdict } from '../proxy/verdict.ts';
import type { CrashPoint } from './crash-point.ts';

/** The way of one process to Redis, with one blow in it. */
export interface ArmedProxy extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the process has come to the point; a deadly blow has been dealt then. */
  readonly struck: Promise<void>;
  readonly hasStruck: () => boolean;
  /** Every command that came by, in order. */
  readonly commands: readonly SeenCommand[];
}

export interface ArmedProxyOptions {
  readonly target: Target;
  /** `null` only watches. */
  readonly point: CrashPoint | null;
  /** Ends the process at once. */
  readonly kill: () => void;
}

export async function startArmedProxy({ target, point, kill }: ArmedProxyOptions): Promise<ArmedProxy> {
  const commands: SeenCommand[] = [];
  let hasStruck = false;
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
  const proxy: FaultProxy = await startFaultProxy({
    target,
    judge: (command) => {
      commands.push(command);
      const isThere = point !== null && command.name === point.command && command.nth === point.nth;
      return isThere && !hasStruck ? verdictOf(point, { strike, deadly }) : pass;
    },
  });
  return {
    url: proxy.url,
    struck,
    hasStruck: () => hasStruck,
    commands,
    [Symbol.asyncDispose]: () => proxy.stop(),
  };
}

interface Acts {
  readonly strike: () => void;
  readonly deadly: () => void;
}

function verdictOf({ blow }: CrashPoint, { strike, deadly }: Acts): Verdict {
  switch (blow.kind) {
    case 'killed before':
      deadly();
      return { kind: 'swallow' };
    case 'killed after':
      return { kind: 'withhold reply', onReply: deadly };
    case 'reply lost':
      strike();
      return { kind: 'lose reply' };
    case 'refused':
      strike();
      return { kind: 'refuse', error: blow.error };
  }
}
