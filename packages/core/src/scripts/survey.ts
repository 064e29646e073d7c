import { readList, readNumber, readText, readTexts } from './reply.ts';
import type { Script } from './script.ts';

/** What is walked: the names of all keys with their types, or the fields, members or elements of one table. */
export type Surveyed =
  | { readonly kind: 'keys' }
  | { readonly kind: 'hash' | 'zset' | 'list'; readonly key: string };

export interface SurveyInput {
  readonly of: Surveyed;
  /** What the page before answered; `'0'` begins. */
  readonly cursor: string;
  /** About how many. */
  readonly count: number;
}

export interface SurveyReply {
  readonly now: number;
  /** Of the queue; 0 before the first worker has joined. */
  readonly protocol: number;
  /** `null` at the end. */
  readonly cursor: string | null;
  /** Name, type, name, type … without the prefix of the queue; or the fields, members or elements. */
  readonly found: readonly string[];
}

export const survey: Script<SurveyInput, SurveyReply> = {
  name: 'survey',
  keys: (keys, { of }) => [keys.running, keys.meta, of.kind === 'keys' ? keys.running : of.key],
  argv: ({ of, cursor, count }) => [of.kind, cursor, count],
  reply: (raw) => {
    const [now, protocol, next, found] = readList(raw, 'survey');
    const cursor = readText(next, 'survey');
    return {
      now: readNumber(now, 'survey'),
      protocol: readNumber(protocol, 'survey'),
      cursor: cursor === '0' ? null : cursor,
      found: readTexts(found, 'survey'),
    };
  },
};
