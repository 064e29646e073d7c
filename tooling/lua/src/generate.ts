import { readFile, writeFile } from 'node:fs/promises';
import { commandsFile, luaFolder, sourcesFile } from './folders.ts';
import { generateCommands } from './generate-commands.ts';
import { generateSources } from './generate-sources.ts';

// `generate.js` writes the generated modules; `generate.js --check` only says whether they are up to date.
const modules = [
  [sourcesFile, await generateSources(luaFolder)],
  [commandsFile, await generateCommands(luaFolder)],
] as const;
for (const [file, wanted] of modules) {
  const current = await readFile(file, 'utf8').catch(() => '');
  if (wanted === current) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file} is not what the .lua files say; run \`pnpm lua\` and commit it\n`);
    process.exitCode = 1;
  } else {
    await writeFile(file, wanted);
  }
}
