import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Happening } from './entry.ts';
import { preciseNow } from './precise-now.ts';

/** The file of one process. What was written stays, however the process ends. */
export interface Ledger extends Disposable {
  readonly by: string;
  write(happening: Happening): void;
}

/** @param by - names the process, also the next one that takes its place: `worker-2.3` is the third of that seat. */
export function openLedger(folder: string, by: string): Ledger {
  const file = openSync(join(folder, `${by}.jsonl`), 'a');
  return {
    by,
    // Synchronous, and one call a line: a kill between two lines loses neither.
    write: (happening) => void writeSync(file, `${JSON.stringify({ by, at: preciseNow(), ...happening })}\n`),
    [Symbol.dispose]: () => closeSync(file),
  };
}
