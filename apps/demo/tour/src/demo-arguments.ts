import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TourError } from './tour-error.ts';

export interface DemoArguments {
  /** The folder to index. */
  readonly folder: string;
  /** Whether everything stays up, for the page. */
  readonly isServing: boolean;
  readonly port: number;
}

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

const usage = `npm start                      the tour, on the files of this repository
npm start -- <folder>          the tour, on the files of a folder of yours
npm start -- --serve           web page and worker until Ctrl-C; --port chooses the port`;

/** @throws TourError with the usage for anything else. */
export function readArguments(given: readonly string[], env: NodeJS.ProcessEnv): DemoArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...given],
      allowPositionals: true,
      options: { serve: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
    });
    // npm runs scripts in the folder of package.json; INIT_CWD is where the user stood.
    const [named, ...rest] = positionals;
    const folder = named === undefined ? repository : resolve(env['INIT_CWD'] ?? '.', named);
    if (rest.length > 0) throw new Error('one folder at most');
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error(`--port ${values.port} is no port`);
    return { folder, isServing: values.serve, port };
  } catch (error) {
    throw new TourError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
