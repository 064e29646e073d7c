import type { Logger } from '../log.ts';

export interface LogRecord {
  readonly level: keyof Logger;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A logger that a test can wait for. */
export interface RecordedLog extends Logger {
  readonly records: readonly LogRecord[];
  /** The first record, also a past one, whose message holds the text. */
  seen(text: string): Promise<LogRecord>;
}

export function recordedLog(): RecordedLog {
  const records: LogRecord[] = [];
  let waiting: { readonly text: string; readonly resolve: (found: LogRecord) => void }[] = [];
  const at =
    (level: keyof Logger) =>
    (facts: object, message = '') => {
      const record = { level, message, facts: { ...facts } };
      records.push(record);
      for (const { text, resolve } of waiting) if (message.includes(text)) resolve(record);
      waiting = waiting.filter(({ text }) => !message.includes(text));
    };
  return {
    records,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    seen: async (text) => {
      const past = records.find(({ message }) => message.includes(text));
      return past ?? new Promise((resolve) => waiting.push({ text, resolve }));
    },
  };
}
