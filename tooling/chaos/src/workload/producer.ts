import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@q/client';
import { type AnyCall, ConfigError } from '@q/core';
import type { Expectation } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { digestOfResult } from './digest.ts';

/** ms */
const restAfterRefusal = 50;
const giveUpAfter = 90_000;

/** A client that writes down what it wants and what it is told, and asks again until it is told something. */
export interface Producer {
  readonly client: Client;
  /** Every call needs an id. Resolves when Redis has them all, however often they had to be sent. */
  enqueue(calls: readonly AnyCall[], expect: Expectation): Promise<void>;
  /** Waits for the result, and writes down which one it was. */
  result(call: AnyCall): Promise<void>;
  abort(call: AnyCall): Promise<void>;
}

export interface ProducerOptions {
  readonly client: Client;
  readonly ledger: Ledger;
  /** How long a result is waited for, ms. @default 120_000 */
  readonly patience?: number;
}

export function createProducer({ client, ledger, patience = 120_000 }: ProducerOptions): Producer {
  return {
    client,
    enqueue: async (calls, expect) => {
      const ids = calls.map(idOf);
      ledger.write({ kind: 'intent', ids, task: calls[0]?.task.name ?? '', expect });
      const send = (): Promise<unknown> => {
        const [only] = calls;
        return calls.length === 1 && only !== undefined ? client.send(only) : client.enqueueMany(calls);
      };
      await insist(send, (code) => ledger.write({ kind: 'refused', ids, code }));
      ledger.write({ kind: 'acknowledged', ids });
    },
    result: async (call) => {
      const id = idOf(call);
      ledger.write({ kind: 'waiting', id });
      try {
        const result = await client.handle(call.task, id).result({ timeout: patience });
        ledger.write({ kind: 'seen', id, digest: digestOfResult(result) });
      } catch (error) {
        ledger.write({ kind: 'unseen', id, code: codeOf(error) });
      }
    },
    abort: async (call) => {
      const id = idOf(call);
      ledger.write({ kind: 'abort asked', id });
      const answer = await insist(
        () => client.abort(id),
        (code) => ledger.write({ kind: 'refused', ids: [id], code }),
      );
      ledger.write({ kind: 'abort answered', id, answer });
    },
  };
}

async function insist<Answer>(
  act: () => Promise<Answer>,
  onRefused: (code: string) => void,
): Promise<Answer> {
  const until = performance.now() + giveUpAfter;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      onRefused(codeOf(error));
      if (error instanceof ConfigError || performance.now() > until) throw error;
      await sleep(restAfterRefusal);
    }
  }
}

/** The caller's, so that a call can be repeated by another process. */
function idOf({ options, task }: AnyCall): string {
  if (options.id === undefined) throw new Error(`a call of "${task.name}" needs an id`);
  return options.id;
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : String(error);
}
