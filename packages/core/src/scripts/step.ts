import type { QueueKeys } from '../protocol/keys.ts';
import type { TriesRecord } from '../protocol/tries.ts';
import { decodeTries, noTries } from '../protocol/tries.ts';
import { cutUp } from './cut-up.ts';
import { readBytes, readList, readNumber, readNumbers, readText, readTexts, unexpected } from './reply.ts';
import type { Script, ScriptArgument } from './script.ts';
import type { SettleItem } from './settle-item.ts';
import { settleArguments } from './settle-item.ts';

export interface StepInput {
  readonly worker: string;
  readonly lease: number;
  /** Number of the last claim whose answer the worker has; 0 at first. */
  readonly acked: number;
  /** Tasks to take, at most 500; 0 takes none. At most one call that takes any may be under way. */
  readonly want: number;
  readonly holdsSuspect: boolean;
  /** Also look after the queue: promote what is due, empty dead workers. `if-due`: unless somebody has within the last 100 ms. */
  readonly tend: boolean | 'if-due';
  /** What the worker's blocking call waits for at this moment; `bell` is inbox and bell. */
  readonly listens: 'none' | 'inbox' | 'bell';
  /** Numbers of claims whose tasks are all settled by this very call. */
  readonly finished: readonly number[];
  /**
   * Numbers of claims whose tasks are all settled, some of them by earlier calls that were answered. They stay listed while
   * Redis, which may have come back without those calls, says that something of them is held.
   */
  readonly finishedInParts: readonly number[];
  /** At most 500, and 256 KiB together unless it is one. */
  readonly settles: readonly SettleItem[];
}

/** `already`: a repeat of what was accepted. `lost`: another worker has it. `aborted`: it ended as aborted instead. */
export type SettleVerdict = 'already' | 'lost' | 'aborted';

export interface ClaimedTask {
  readonly id: string;
  /** A text where all of it is ASCII. */
  readonly value: Buffer | string;
  readonly tries: TriesRecord;
}

export type ClaimReply =
  | { readonly kind: 'none' }
  | { readonly kind: 'lapsed' }
  | {
      readonly kind: 'claimed';
      readonly number: number;
      readonly deliveries: readonly ClaimedTask[];
      /** One of them was held by workers that crashed. */
      readonly suspect: boolean;
      /** More can be claimed at once. */
      readonly more: boolean;
      /** The budget for looking after the queue was used up: do it with the next call again. */
      readonly tendAgain: boolean;
      /** Epoch ms of Redis at which something becomes claimable, when nothing was. */
      readonly nextAt: number | null;
    };

export interface StepReply {
  readonly now: number;
  /** By index of the settle; what is missing was accepted. */
  readonly verdicts: ReadonlyMap<number, SettleVerdict>;
  readonly claim: ClaimReply;
}

const allAccepted: ReadonlyMap<number, SettleVerdict> = new Map();

export const step: Script<StepInput, StepReply> = {
  name: 'step',
  keys: (keys, input) => [...fixedKeys(keys, input.worker), ...taskKeys(keys, input.settles)],
  argv: (input) => {
    const { worker, lease, acked, want, holdsSuspect, tend, listens, settles } = input;
    const finished = [...input.finished, ...input.finishedInParts.map((number) => -number)];
    const argv: ScriptArgument[] = [
      worker,
      lease,
      acked,
      want,
      holdsSuspect ? 1 : 0,
      tend === 'if-due' ? 2 : tend ? 1 : 0,
      listens,
      finished.length,
    ];
    argv.push(settles.length, ...finished, ...settleArguments(worker, settles));
    return argv;
  },
  reply: (raw) => {
    const parts = readList(raw, 'step');
    return { now: readNumber(parts[0], 'step'), verdicts: readVerdicts(parts[1]), claim: readClaim(parts) };
  },
};

function fixedKeys(keys: QueueKeys, worker: string): string[] {
  const { running, workers, dead, ready, bell, due, tries, suspects, aborts, watch, unique, meta } = keys;
  const housekeeping = [workers, dead, ready, bell, due, tries, suspects, aborts, watch, unique, meta];
  return [running, keys.claims(worker), ...housekeeping, keys.inbox(worker)];
}

function taskKeys(keys: QueueKeys, settles: readonly SettleItem[]): string[] {
  return settles.map((item) => keys.task(item.id));
}

function readVerdicts(raw: unknown): ReadonlyMap<number, SettleVerdict> {
  const flat = readList(raw, 'step');
  if (flat.length === 0) return allAccepted;
  const verdicts = new Map<number, SettleVerdict>();
  for (let at = 0; at < flat.length; at += 2) {
    const verdict = readText(flat[at + 1], 'step');
    if (verdict !== 'already' && verdict !== 'lost' && verdict !== 'aborted') throw unexpected('step', raw);
    verdicts.set(readNumber(flat[at], 'step'), verdict);
  }
  return verdicts;
}

function readClaim(parts: readonly unknown[]): ClaimReply {
  const kind = readText(parts[2], 'step');
  if (kind === 'none' || kind === 'lapsed') return { kind };
  if (kind !== 'claimed' || parts.length < 12) throw unexpected('step', parts);
  const nextAt = readNumber(parts[7], 'step');
  return {
    kind,
    number: readNumber(parts[3], 'step'),
    suspect: parts[4] === 1,
    more: parts[5] === 1,
    tendAgain: parts[6] === 1,
    nextAt: nextAt < 0 ? null : nextAt,
    deliveries: readDeliveries(parts.slice(8)),
  };
}

function readDeliveries([rawIds, rawSizes, rawValues, rawTries]: readonly unknown[]): ClaimedTask[] {
  const ids = readIds(rawIds);
  const values = readValues(rawSizes, rawValues);
  const records = readList(rawTries, 'step');
  if (values.length !== ids.length) throw unexpected('step', rawValues);
  return values.map((value, at) => {
    const record = records[at];
    return {
      id: ids[at] ?? '',
      value,
      tries: record === null || record === undefined ? noTries : decodeTries(readText(record, 'step')),
    };
  });
}

function readIds(raw: unknown): string[] {
  if (Array.isArray(raw)) return readTexts(raw, 'step');
  const text = readText(raw, 'step');
  return text === '' ? [] : text.split(' ');
}

function readValues(rawSizes: unknown, raw: unknown): ReadonlyArray<Buffer | string> {
  if (!Array.isArray(raw)) return cutUp(readBytes(raw, 'step'), readNumbers(rawSizes, 'step'));
  return raw.map((value) => readBytes(value, 'step'));
}
