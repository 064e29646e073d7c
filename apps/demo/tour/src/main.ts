import { inspect } from 'node:util';
import { readArguments } from './demo-arguments.ts';
import { serveUntilStopped } from './serve.ts';
import { runTour } from './tour.ts';
import { TourError } from './tour-error.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort());

try {
  const given = readArguments(process.argv.slice(2), process.env);
  if (given.isServing) await serveUntilStopped(given, interrupt.signal);
  else await runTour(given.folder, interrupt.signal);
} catch (error) {
  process.stderr.write(`\nthe demo failed: ${error instanceof TourError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
}
