import type { SettleItem, StepReply } from '@q/core/wire';
import type { InFlight } from '../in-flight.ts';
import type { Courtesy } from './courtesy.ts';

export interface VerdictParts {
  readonly inFlight: InFlight;
  readonly courtesy: Courtesy;
  /** Another worker has taken it over. */
  readonly onRefused: (item: SettleItem) => void;
}

/** What the answer of a call says of the outcomes that it carried. */
export function hearVerdicts(
  settles: readonly SettleItem[],
  { verdicts, now }: Pick<StepReply, 'verdicts' | 'now'>,
  { inFlight, courtesy, onRefused }: VerdictParts,
): void {
  for (const [index, item] of settles.entries()) {
    inFlight.settled(item);
    if (verdicts.get(index) === 'lost') onRefused(item);
    else if (item.outcome.kind === 'unknown') courtesy.putOff(now + item.outcome.backoff);
  }
}
