import { noTries, type SettleItem } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { type LookFacts, type NextLook, nextLook } from './next-look.ts';

const now = 100_000;
const delivery = { id: 't', value: '', tries: noTries };

function retry(start: Extract<SettleItem['outcome'], { kind: 'retry' }>['start']): SettleItem {
  return { id: 't', claim: 1, outcome: { kind: 'retry', start, tries: noTries, error: '{}', lock: '' } };
}

interface Case {
  readonly claim?: Partial<LookFacts['claim']>;
  readonly call?: Partial<LookFacts['call']>;
  readonly listens?: LookFacts['listens'];
  readonly untilTend?: number;
  readonly courtesy?: number;
}

function look({ claim, call, listens = 'none', untilTend = -500, courtesy = 0 }: Case): NextLook {
  return nextLook({
    claim: { deliveries: [], more: false, tendAgain: false, nextAt: null, ...claim },
    call: { want: 2, tend: false, listens: 'none', settles: [], ...call },
    listens,
    untilTend,
    courtesyAt: () => courtesy,
    now,
  });
}

describe('a worker asks again', () => {
  it.each<[why: string, facts: Case, isNow: boolean, wakeIn: number | null]>([
    ['never by itself, when there was nothing', {}, false, null],
    ['at once when it got all it wanted', { claim: { deliveries: [delivery, delivery] } }, true, null],
    ['not when it got less', { claim: { deliveries: [delivery] } }, false, null],
    ['at once when more is left', { claim: { more: true } }, true, null],
    ['at once when looking after the queue was not finished', { claim: { tendAgain: true } }, true, null],
    ['when the next task becomes due', { claim: { nextAt: now + 500 } }, false, 502],
    [
      'at once when its call has just made a due task ready',
      { claim: { nextAt: now }, call: { tend: true } },
      true,
      2,
    ],
    [
      'as soon as it may look after the queue when it has not',
      { claim: { nextAt: now - 5 }, untilTend: 60 },
      false,
      60,
    ],
    [
      'after others when what is due is nothing for it',
      { claim: { nextAt: now }, call: { tend: true }, courtesy: 150 },
      false,
      152,
    ],
    [
      'later than others when what becomes due is nothing for it',
      { claim: { nextAt: now + 500 }, courtesy: 150 },
      false,
      652,
    ],
    ['at once for a retry without delay', { call: { settles: [retry({ kind: 'delay', ms: 0 })] } }, true, 2],
    [
      'when the retry that it has just put off is due',
      { call: { settles: [retry({ kind: 'delay', ms: 300 })] } },
      false,
      302,
    ],
    ['at the date of a retry', { call: { settles: [retry({ kind: 'at', at: now + 40 })] } }, false, 42],
    [
      'at whatever comes first',
      { claim: { nextAt: now + 90 }, call: { settles: [retry({ kind: 'delay', ms: 30 })] } },
      false,
      32,
    ],
    ['in 24 days for what lies further ahead', { claim: { nextAt: now + 1e13 } }, false, 2_147_483_647],
    [
      'at once when its listener has turned away from the bell',
      { listens: 'inbox', call: { listens: 'none' } },
      true,
      null,
    ],
    ['not when that was said with the call', { listens: 'inbox', call: { listens: 'inbox' } }, false, null],
  ])('%s', (_why, facts, isNow, wakeIn) => {
    expect(look(facts)).toEqual({ isNow, wakeIn });
  });
});
