import { readFile, writeFile } from 'node:fs/promises';
import { generatedFile, luaFolder } from './folders.ts';
import { generateSources } from './generate-sources.ts';

// `generate.js` writes the generated sources; `generate.js --check` only says whether they are up to date.
const wanted = await generateSources(luaFolder);
const current = await readFile(generatedFile, 'utf8').catch(() => '');
if (wanted !== current && process.argv.includes('--check')) {
  process.stderr.write(`${generatedFile} is not what the .lua files say; run \`pnpm lua\` and commit it\n`);
  process.exitCode = 1;
} else if (wanted !== current) {
  await writeFile(generatedFile, wanted);
}
