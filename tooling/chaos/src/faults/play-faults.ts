import { atOnce } from '../at-once.ts';
import { named } from '../named.ts';
import { traceOf } from '../trace-of.ts';
import type { Fault, Findings } from './fault.ts';
import { faults } from './faults.ts';

/** What one fault came to. */
export interface FaultReport extends Findings {
  readonly name: string;
  readonly promise: string;
  readonly size: number;
  /** ms */
  readonly took: number;
  readonly holds: boolean;
}

export interface PlayFaults {
  /** Part of a name; empty for all. */
  readonly name: string;
  /** A number instead of one of the usual sizes. */
  readonly size: 'gate' | 'full' | number;
  /** Most of them wait most of the time. @default 1 */
  readonly playedAtOnce?: number;
  readonly onPlayed: (report: FaultReport) => void;
}

/** @throws Error when no fault is called so */
export async function playFaults({ name, size, playedAtOnce = 1, onPlayed }: PlayFaults): Promise<boolean> {
  const wanted = named('fault', faults, name);
  let isWhole = true;
  const play = async (fault: Fault): Promise<void> => {
    const report = await playFault(fault, typeof size === 'number' ? size : fault.sizes[size]);
    isWhole &&= report.holds;
    onPlayed(report);
  };
  const isAlone = (fault: Fault): boolean => fault.isAlone === true;
  await atOnce(
    playedAtOnce,
    wanted.filter((fault) => !isAlone(fault)),
    play,
  );
  await atOnce(1, wanted.filter(isAlone), play);
  return isWhole;
}

export async function playFault({ name, promise, play }: Fault, size: number): Promise<FaultReport> {
  const begunAt = performance.now();
  const findings = await play(size).catch(
    (error: unknown): Findings => ({ figures: {}, broken: [traceOf(error)] }),
  );
  const took = Math.round(performance.now() - begunAt);
  return { name, promise, size, took, ...findings, holds: findings.broken.length === 0 };
}

export function describeReport({ name, size, took, figures, broken, holds }: FaultReport): string {
  const counted = Object.entries(figures).map(([what, count]) => `${what} ${count}`);
  const verdict = holds ? 'holds' : 'BROKEN';
  const head = `${name} ${size}: ${verdict} in ${(took / 1_000).toFixed(1)} s: ${counted.join(', ')}`;
  return [head, ...broken.slice(0, 10).map((each) => `  ${each}`)].join('\n');
}
