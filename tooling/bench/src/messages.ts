import type { Place } from './system.ts';

/** How tasks are sent: a promise for each, or by the system's call for many; due an hour later, or soon forgotten. */
export type EnqueueWay = 'each' | 'bulk' | 'later' | 'brief';

/** What the harness asks of a process, one thing at a time. */
export type Command =
  | {
      readonly kind: 'open';
      readonly place: Place;
      readonly concurrency: number;
      readonly prefetch: number | null;
    }
  | {
      readonly kind: 'enqueue';
      readonly how: EnqueueWay;
      readonly count: number;
      /** Of a payload. @default 100 */
      readonly bytes?: number;
      /** What the handler is told to, ms. @default 0 */
      readonly sleep?: number;
      /** Ms after which what has been sent is enough. @default none */
      readonly limit?: number;
    }
  | { readonly kind: 'sequence'; readonly count: number }
  | { readonly kind: 'round-trips'; readonly count: number }
  | { readonly kind: 'open-loop'; readonly rate: number; readonly seconds: number }
  | { readonly kind: 'crowd'; readonly count: number }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'latencies' }
  | { readonly kind: 'heap' }
  | { readonly kind: 'close' }
  | { readonly kind: 'exit' };

export type Figures = Readonly<Record<string, number>>;

/** How far a worker process is since it was opened; times in µs of the shared clock. */
export interface Progress {
  readonly kind: 'progress';
  readonly handled: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What a process says. */
export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly figures: Figures }
  | { readonly kind: 'failed'; readonly reason: string }
  | Progress;

export function isCommand(message: unknown): message is Command {
  return hasKind(message);
}

export function isMessage(message: unknown): message is Message {
  return hasKind(message);
}

// Both ends are built from this file; other messages do not come through this channel.
function hasKind(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message;
}
