import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

/** Resolves workspace packages to their sources, so that tests need no build of what they import. */
const conditions = ['q-source', 'module', 'node', 'development|production'];

export interface PackageTestsOptions {
  /** Test files that run at the same time; more than one where they mostly wait. @default 1 */
  readonly filesAtOnce?: number;
  /** Test files whose counts hold only where nothing else uses the processor: `npm test` plays them after all others. */
  readonly alone?: readonly string[];
}

/** Which files `npm test` wants at the moment; all of them when vitest is started by hand. */
const wanted = process.env['Q_TEST_FILES'];
/** All files play on one database then. */
const isShared = (process.env['REDIS_URL'] ?? '') !== '';
/** `sentinel` or `cluster` when the tests play on such a set: types and counts are not of interest then. */
const asked = process.env['Q_TEST_TOPOLOGY'];
const topology = asked === 'single' ? undefined : asked;

/** The vitest configuration of every package of this repository. */
export function packageTests({ filesAtOnce = 1, alone = [] }: PackageTestsOptions = {}): ViteUserConfig {
  if (alone.length > 0 && wanted === 'together') requireScript('test:alone');
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: wanted === 'alone' ? [...alone] : ['src/**/*.test.ts'],
      exclude: wanted === 'together' || topology !== undefined ? [...alone] : [],
      globalSetup: fileURLToPath(new URL('./src/claim-redis-url.ts', import.meta.url)),
      passWithNoTests: true,
      maxWorkers: wanted === 'alone' || isShared ? 1 : filesAtOnce,
      // A process and a server for each file take more time than many of the tests.
      isolate: false,
      testTimeout: 20_000,
      hookTimeout: 20_000,
      reporters: ['default', ['json', { outputFile: `.results/${topology ?? wanted ?? 'together'}.json` }]],
      typecheck: {
        enabled: wanted !== 'alone' && topology === undefined,
        checker: 'tsc',
        include: ['src/**/*.test-d.ts'],
        tsconfig: 'tsconfig.json',
        // `pnpm check` compiles the sources; here an error in one of them would hide which promise broke.
        ignoreSourceErrors: true,
      },
    },
  };
}

/** Without it, what is left out now would be played by nobody. */
function requireScript(name: string): void {
  const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  if (manifest.scripts[name] === undefined) throw new Error(`package.json needs the script "${name}"`);
}
