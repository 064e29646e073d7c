import { fileURLToPath } from 'node:url';
import { checkBoundaries } from './check-boundaries.ts';
import { readSources } from './source-file.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = await readSources(root);
const found = checkBoundaries(files);
for (const violation of found) process.stderr.write(`${violation}\n`);
if (files.length === 0) process.stderr.write(`no source files below ${root}\n`);
if (found.length > 0 || files.length === 0) process.exitCode = 1;
