import { describeFailure } from '@q/core/wire';

const mostBytes = 4_096;
/** A character takes six bytes at most when it is escaped. */
const surelyFits = 500;

/** One line of the history that a task keeps of its earlier tries: JSON of at most 4 KiB. */
export function historyEntry(error: unknown, tries: number, at: number): string {
  const { name, message, cause } = describeFailure(error);
  const reason = causeText(cause);
  const text = reason === '' ? message : `${message} (${reason})`;
  const whole = entry(name, text);
  return Buffer.byteLength(whole) <= mostBytes
    ? whole
    : entry(name.slice(0, 60), `${text.slice(0, surelyFits)}…`);

  function entry(named: string, said: string): string {
    return JSON.stringify({ tries, at, name: named, message: said });
  }
}

function causeText(cause: unknown): string {
  if (cause === undefined) return '';
  const { name, message } = describeFailure(cause);
  return `${name}: ${message}`;
}
