/** What earlier attempts of a task left behind. All zero for a task that nobody has held before. */
export interface TriesRecord {
  /** Handler runs charged so far. */
  readonly tries: number;
  /** Runs begun so far, the uncharged ones too. */
  readonly attempts: number;
  /** Workers that died while they held it. */
  readonly crashes: number;
  /** Epoch ms at which a worker without its handler first met it. */
  readonly firstUnknownAt: number | null;
}

export const noTries: TriesRecord = Object.freeze({
  tries: 0,
  attempts: 0,
  crashes: 0,
  firstUnknownAt: null,
});

/** `tries,attempts,crashes,firstUnknown`; scripts append the tag of the claim that wrote it. */
export function encodeTries(record: TriesRecord): string {
  return `${record.tries},${record.attempts},${record.crashes},${record.firstUnknownAt ?? ''}`;
}

export function decodeTries(text: string): TriesRecord {
  const [tries, attempts, crashes, firstUnknown = ''] = text.split(',');
  return {
    tries: Number(tries),
    attempts: Number(attempts),
    crashes: Number(crashes),
    firstUnknownAt: firstUnknown === '' ? null : Number(firstUnknown),
  };
}
