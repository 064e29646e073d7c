import type { ThreadOptions } from '@q/client/port';
import type { ScriptCall } from './script-call.ts';

/** What the lease thread is given when it starts. Everything in it can be cloned. */
export interface LeaseOrder {
  readonly connection: ThreadOptions;
  readonly connectionName: string;
  readonly renewal: ScriptCall;
  readonly queue: string;
  /** Wire id. */
  readonly worker: string;
  readonly lease: number;
  /** Ms between two renewals. */
  readonly interval: number;
  /** The thread stops renewing when the main loop has been silent for this many ms. */
  readonly maxBlock: number;
  /** One 32-bit counter that the main loop increases while it lives. */
  readonly beats: SharedArrayBuffer;
  /** Memory of a `StartBoard`. */
  readonly board: SharedArrayBuffer;
}

/** What the thread tells: Redis's answer as it came, or why there was none. `sentAt` in ms of `sharedNow`. */
export type LeaseReport =
  | { readonly kind: 'answered'; readonly raw: unknown; readonly sentAt: number }
  | { readonly kind: 'failed'; readonly reason: string };
