import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { inBackground } from './in-background.ts';

it('a program in the background gets its arguments and the lowest priority, and is held against how it ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'q-background-'));
  try {
    const file = join(folder, 'program.mjs');
    await writeFile(
      file,
      `import { getPriority } from 'node:os';\nprocess.exit(getPriority() - Number(process.argv[2]));\n`,
    );
    const program = pathToFileURL(file).href;
    const { PRIORITY_LOW } = constants.priority;

    await expect(inBackground(program, [String(PRIORITY_LOW)])).resolves.toBe(true);
    await expect(inBackground(program, [String(PRIORITY_LOW - 1)])).resolves.toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
