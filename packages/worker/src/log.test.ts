import { describe, expect, it } from 'vitest';
import { childLogger, type Logger, lineLogger } from './log.ts';

function linesOf(write: (log: Logger) => void): string[] {
  const lines: string[] = [];
  write(lineLogger((line) => lines.push(line)));
  return lines;
}

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('trap');
    },
    ownKeys: () => {
      throw new Error('trap');
    },
  },
);

describe('the default logger', () => {
  it('writes one JSON line for each warning and error, and nothing else', () => {
    const lines = linesOf((log) => {
      log.debug({}, 'a');
      log.info({}, 'b');
      log.warn({ n: 1 }, 'c');
      log.error({ big: 5n }, 'd');
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', message: 'c', n: 1 },
      { level: 'error', message: 'd', big: '5' },
    ]);
    expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  it('writes errors with their cause', () => {
    const [line = ''] = linesOf((log) =>
      log.error({ error: new TypeError('x', { cause: new Error('y') }) }, 'd'),
    );
    expect(JSON.parse(line).error).toMatchObject({
      name: 'TypeError',
      message: 'x',
      cause: { name: 'Error', message: 'y' },
    });
  });

  it.each([
    ['a cycle', Object.assign([], { 0: null })],
    ['a hostile value', hostile],
  ])('survives %s', (_what, value) => {
    const facts: Record<string, unknown> = { value };
    facts['self'] = facts;
    const [line = ''] = linesOf((log) => log.warn(facts, 'still said'));
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', message: 'still said' });
  });
});

describe('a child logger', () => {
  it('adds its facts, which the record may overrule', () => {
    const [line = ''] = linesOf((log) =>
      childLogger(log, { queue: 'q', task: 'a' }).warn({ task: 'b' }, 'm'),
    );
    expect(JSON.parse(line)).toMatchObject({ queue: 'q', task: 'b' });
  });

  it('swallows what a logger throws: logging never ends a worker', () => {
    const fail = (): never => {
      throw new Error('disk full');
    };
    expect(() =>
      childLogger({ debug: fail, info: fail, warn: fail, error: fail }, {}).error({}, 'm'),
    ).not.toThrow();
  });
});
