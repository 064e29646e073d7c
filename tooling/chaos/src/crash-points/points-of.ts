import { blowsAt, type CrashPoint } from './crash-point.ts';

/** Sent by every connection when it is made: broken in one scenario, they are broken in all. */
const greeting = /^(hello|client |info|subscribe$)/;

export interface TracedCommands {
  /** Name and count of each command of a run without faults. */
  readonly commands: ReadonlyMap<string, number>;
  /** Also the commands that make a connection. */
  readonly withGreeting: boolean;
}

/** Every command of a run with everything that can go wrong at it. */
export function pointsOf({ commands, withGreeting }: TracedCommands): readonly CrashPoint[] {
  const points: CrashPoint[] = [];
  for (const [command, count] of commands) {
    if (greeting.test(command) && !withGreeting) continue;
    for (let nth = 1; nth <= count; nth += 1) {
      for (const blow of blowsAt(command)) points.push({ command, nth, blow });
    }
  }
  return points;
}
