import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const core = fileURLToPath(new URL('../..', import.meta.url));

const contract = `
import { task } from '@q/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';

export const fetchSize = task('fetch.size', {
  input: z.object({ url: z.url(), at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
  output: v.number(),
  errors: { RateLimited: type({ retryAfter: 'number' }) },
});
`;

const options = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    skipLibCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    outDir: 'out',
    rootDir: '/',
    types: ['node'],
    paths: { '@q/core': [join(core, 'src/index.ts')] },
  },
  files: ['contract.ts'],
};

it('the declarations of a contract name no schema library, so that producers do without one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'q-contract-'));
  try {
    symlinkSync(join(core, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    writeFileSync(join(folder, 'contract.ts'), contract);
    execFileSync(process.execPath, [join(core, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    const emitted = readFileSync(join(folder, 'out', folder, 'contract.d.ts'), 'utf8');
    expect(emitted).toContain('retryAfter: number');
    expect(emitted).toContain('at: Date');
    expect(emitted).not.toMatch(/zod|valibot|arktype|standard-schema/i);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
