import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildProcess, test } from '@q/testkit';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { blocksOf, documents, repository } from './documents.ts';
import { compileExamples, type ExampleFile, filesOf } from './example-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const shownUrl = 'redis://localhost:6379';

/** What a program says that it prints: a comment behind each line that does. */
function promisedBy({ code }: ExampleFile): string[] {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text = '']) => text);
}

function isWorker({ name }: ExampleFile): boolean {
  return name.endsWith('worker.ts');
}

async function stop(worker: ChildProcess): Promise<void> {
  worker.signal('SIGTERM');
  expect(await worker.exited, worker.errorLines.join('\n')).toEqual({ code: 0, signal: null });
}

describe.each(documents)('$path', (page) => {
  test('shows nothing but TypeScript, shell, and the users of Redis that the tests of its tables compare', () => {
    const others = blocksOf(page).filter(({ language }) => language !== 'ts' && language !== 'sh');
    expect(others.filter(({ code }) => !code.startsWith('ACL SETUSER '))).toEqual([]);
  });

  test('shows files that compile, and programs that print what they say', async ({
    startRedis,
    childProcess,
  }) => {
    const { url } = await startRedis();
    const shown = filesOf(blocksOf(page).filter(({ language }) => language === 'ts'));
    const files = shown.map(({ name, code }) => ({ name, code: code.replaceAll(shownUrl, url) }));
    const { compiled, remove } = await compileExamples(files);
    onTestFinished(remove);
    const workers = files.filter(isWorker).map(({ name }) => childProcess(compiled(name)));
    const programs = files.filter((file) => promisedBy(file).length > 0);
    for (const program of programs) {
      const run = childProcess(compiled(program.name));
      expect(await run.exited, run.errorLines.join('\n')).toEqual({ code: 0, signal: null });
      expect(run.lines).toEqual(promisedBy(program));
    }
    expect(programs.length + workers.length).toBeGreaterThan(0);
    // A worker that no program waited for says itself that it is up.
    if (programs.length === 0) await Promise.all(workers.map((worker) => worker.line('set up')));
    await Promise.all(workers.map(stop));
  });

  test('shows commands that exist', () => {
    const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(join(repository, 'package.json'), 'utf8'),
    );
    const lines = blocksOf(page)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trim().split('\n'));
    for (const line of lines) {
      const [, script = ''] = /^(?:[A-Z_]+=\S+ )*npm (?:run )?([a-z]+)$/.exec(line) ?? [];
      expect(Object.keys(manifest.scripts), line).toContain(script);
    }
  });
});
