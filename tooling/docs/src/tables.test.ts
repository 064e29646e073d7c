import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { aclRules, parseDuration } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { readDocument, repository, tableBelow } from './documents.ts';
import { sourcesBelow } from './source-files.ts';

const page = readDocument('README.md');
const packages = ['packages/core/src', 'packages/client/src', 'packages/worker/src'].flatMap(sourcesBelow);

/** The text of a cell that is all code; nothing for words. */
function codeIn(cell: string | undefined): string | undefined {
  return /^`([^`]*)`$/.exec(cell ?? '')?.[1];
}

/** A default as a page writes it. */
function valueIn(cell: string): unknown {
  const code = codeIn(cell);
  return code === undefined ? undefined : JSON.parse(code.replaceAll("'", '"'));
}

/** Two ways to write one duration are one value. */
function plain(value: unknown): unknown {
  return typeof value === 'string' && /^\d/.test(value) ? parseDuration(value, 'a default') : value;
}

async function exportOf(path: string, name: string): Promise<Record<string, unknown>> {
  const module: Record<string, Record<string, unknown>> = await import(
    pathToFileURL(`${repository}${path}`).href
  );
  const found = module[name];
  if (found === undefined) throw new Error(`${path} does not export ${name}`);
  return found;
}

function rowsOf(table: string): Map<string, string> {
  return new Map(
    tableBelow(page, table).flatMap(([names = '', written = '']) =>
      names.split(', ').map((name): [string, string] => [codeIn(name) ?? '', written]),
    ),
  );
}

/** What the docstring of each option in an interface says after `@default`. */
function docstringDefaults(source: string, interfaceName: string): Map<string, string> {
  const body = source.split(`interface ${interfaceName}`)[1]?.split('\n}')[0] ?? '';
  const options = [...body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\??:/g)];
  return new Map(
    options.map(([, doc = '', name = '']): [string, string] => [
      name,
      /@default (.*?)\s*$/m.exec(doc)?.[1] ?? '',
    ]),
  );
}

describe('the table of error codes', () => {
  const written = tableBelow(page, 'codes').map(([code]) => codeIn(code) ?? '');

  it('names every code that the packages have, and no other', () => {
    const found = packages.flatMap((text) =>
      [...text.matchAll(/\bcode(?: =|:) '([A-Z_]+)'/g)].map(([, code]) => code),
    );
    expect([...written].sort()).toEqual([...new Set(found)].sort());
  });

  it('names each once', () => {
    expect(new Set(written).size).toBe(written.length);
  });

  it('leaves no code of the packages out, however it is written', () => {
    const spelled = packages.flatMap((text) => text.match(/'Q_[A-Z_]+'/g) ?? []);
    for (const code of spelled) expect(written).toContain(code.slice(1, -1));
  });
});

describe('the tables of options', () => {
  it.each([
    ['options:client', 'packages/client/src/client-options.ts', 'clientDefaults', ['redis']],
    [
      'options:worker',
      'packages/worker/src/worker-options.ts',
      'workerDefaults',
      ['redis', 'id', 'codec', 'logger', 'lifespan'],
    ],
    ['options:audit', 'packages/worker/src/auditor/audit-options.ts', 'auditDefaults', ['redis', 'signal']],
    [
      'options:task',
      'packages/core/src/contract/task-options.ts',
      'taskOptionDefaults',
      ['input', 'output', 'errors'],
    ],
  ])('of %s name every option and the default that the code has', async (table, path, name, others) => {
    const defaults = await exportOf(path, name);
    const rows = rowsOf(table);
    expect([...rows.keys()].sort()).toEqual([...new Set([...Object.keys(defaults), ...others])].sort());
    for (const [option, value] of Object.entries(defaults)) {
      if (typeof value === 'object' && value !== null) continue; // told in words
      expect(plain(valueIn(rows.get(option) ?? '')), option).toEqual(plain(value));
    }
  });

  it('of cron name the options that a schedule adds, with the defaults of their docstrings', () => {
    const source = packages.find((text) => text.includes('export interface CronOptions')) ?? '';
    const documented = docstringDefaults(source, 'CronOptions');
    expect(documented.size).toBe(3);
    const rows = rowsOf('options:cron');
    expect([...rows.keys()].sort()).toEqual([...documented.keys()].sort());
    for (const [option, written] of documented) {
      const cell = rows.get(option) ?? '';
      expect(codeIn(cell) ?? cell, option).toBe(written);
    }
  });
});

describe('the users of Redis', () => {
  it.each([
    ['client', 'web'],
    ['worker', 'work'],
    ['auditor', 'audit'],
  ] as const)('that the page shows for a %s have the rules of the code', (role, name) => {
    const [, below = ''] = page.text.split('<!-- acl -->\n');
    const rules = aclRules({ role, queue: 'default' }).join(' ');
    expect(below.split('\n')).toContain(`ACL SETUSER ${name} on >${name}-password ${rules}`);
  });
});

describe('the page', () => {
  it('names environment variables that something reads', () => {
    const readers = [...packages, ...sourcesBelow('tooling/dev-redis/src')].join('\n');
    const codes = new Set(tableBelow(page, 'codes').map(([code]) => codeIn(code)));
    const named = new Set(page.text.match(/\b(?:Q|REDIS)_[A-Z_]+\b/g) ?? []);
    for (const name of named) {
      if (!codes.has(name)) expect(readers, name).toContain(name);
    }
  });

  it('names folders that are there', () => {
    const named = [...page.text.matchAll(/`((?:packages|apps|tooling)\/[a-z-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
  });

  it('has the place where figures are written', () => {
    expect(page.text).toMatch(/<!-- bench:begin -->\n[\s\S]*<!-- bench:end -->/);
  });
});
