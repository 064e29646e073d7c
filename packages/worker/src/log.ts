/** Where a worker writes what happens. The shape of pino, so that a pino logger fits as it is. */
export interface Logger {
  debug(facts: object, message?: string): void;
  info(facts: object, message?: string): void;
  warn(facts: object, message?: string): void;
  error(facts: object, message?: string): void;
}

type Level = keyof Logger;

/** One JSON line for every warning and error, on stderr; nothing for the rest. */
export const stderrLogger: Logger = lineLogger((line) => process.stderr.write(line));

export function lineLogger(write: (line: string) => void): Logger {
  const record = (level: Level) => (facts: object, message?: string) =>
    write(encodeRecord(level, facts, message));
  return { debug: ignored, info: ignored, warn: record('warn'), error: record('error') };
}

function ignored(): void {}

function encodeRecord(level: Level, facts: object, message: string | undefined): string {
  const head = { time: new Date().toISOString(), level, message };
  try {
    return `${JSON.stringify({ ...head, ...facts }, readable)}\n`;
  } catch {
    return `${JSON.stringify({ ...head, facts: 'could not be written as JSON' })}\n`;
  }
}

/** An error has no enumerable properties: without this it would be written as {}. */
function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  return {
    name: value.name,
    message: value.message,
    code: Reflect.get(value, 'code'),
    stack: value.stack,
    cause: value.cause,
  };
}

/** The same logger with facts added to every record. A logger that throws is not the end of the worker. */
export function childLogger(parent: Logger, common: object): Logger {
  const at = (level: Level) => (facts: object, message?: string) => {
    try {
      parent[level]({ ...common, ...facts }, message);
    } catch {
      // There is nowhere left to say it.
    }
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
