/** How a task should end when nothing goes wrong for good. `lost race`: a unique one may find its lock taken. */
export type Expectation = 'done' | 'failed' | 'crashed' | 'done or aborted' | 'done or lost race';

/** What happened to processes, servers and networks, for whoever judges the rest. `stall`: the machine let it not run. */
export type FaultKind = 'kill' | 'freeze' | 'stall' | 'network' | 'redis' | 'terminate';

/** One thing that a process of a run did or saw, written down before it went on. */
export type Happening =
  /** It is about to enqueue these. */
  | {
      readonly kind: 'intent';
      readonly ids: readonly string[];
      readonly task: string;
      readonly expect: Expectation;
    }
  /** Redis has them. */
  | { readonly kind: 'acknowledged'; readonly ids: readonly string[] }
  | { readonly kind: 'refused'; readonly ids: readonly string[]; readonly code: string }
  /** It waits for a result. */
  | { readonly kind: 'waiting'; readonly id: string }
  | { readonly kind: 'seen'; readonly id: string; readonly digest: string }
  | { readonly kind: 'unseen'; readonly id: string; readonly code: string }
  | { readonly kind: 'abort asked'; readonly id: string }
  | { readonly kind: 'abort answered'; readonly id: string; readonly answer: boolean }
  /** A handler runs; `run` is unique over all processes. */
  | {
      readonly kind: 'started';
      readonly id: string;
      readonly task: string;
      readonly run: string;
      readonly attempt: number;
      readonly tries: number;
    }
  /** It did what cannot be undone. */
  | { readonly kind: 'effect'; readonly id: string; readonly run: string }
  | { readonly kind: 'ended'; readonly id: string; readonly run: string; readonly how: 'returned' | 'threw' }
  /** `victim`: name of a process, `*` for all. `since` and `until` in epoch ms: it struck at a moment when they are equal. */
  | {
      readonly kind: 'fault';
      readonly fault: FaultKind;
      readonly victim: string;
      readonly what: string;
      readonly since: number;
      readonly until: number;
    };

/** As it stands in a ledger: who wrote it, and when (epoch ms, with fractions). */
export type Entry = Happening & { readonly by: string; readonly at: number };
