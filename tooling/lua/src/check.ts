import { checkFolder } from './check-script.ts';
import { luaFolder } from './folders.ts';

const violations = await checkFolder(luaFolder);
for (const violation of violations) process.stderr.write(`${luaFolder}/${violation}\n`);
if (violations.length > 0) process.exitCode = 1;
