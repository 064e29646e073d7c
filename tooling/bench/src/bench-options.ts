import { isSystemName, type SystemName, systemNames } from './systems.ts';

export interface BenchOptions {
  readonly size: 'quick' | 'all';
  readonly json: boolean;
  readonly readme: boolean;
  readonly systems: readonly SystemName[];
  /** Only scenarios whose names hold this text. */
  readonly only: string;
  /** Folder for CPU profiles of every process. */
  readonly profile: string | null;
}

const usage =
  'usage: pnpm bench quick|all [--json] [--readme] [--only <text of a scenario>] [--systems q,floor] [--profile <folder>]';

/** Reads the command line. @throws with the usage for what it does not know */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const [size, ...rest] = args;
  if (size !== 'quick' && size !== 'all') throw new Error(usage);
  const options = {
    size,
    json: false,
    readme: false,
    systems: systemNames,
    only: '',
    profile: null,
  } as const;
  return readFlags(rest, options);
}

function readFlags([flag, ...rest]: readonly string[], options: BenchOptions): BenchOptions {
  const [value, ...after] = rest;
  if (flag === undefined) return options;
  if (flag === '--json') return readFlags(rest, { ...options, json: true });
  if (flag === '--readme') return readFlags(rest, { ...options, readme: true });
  if (value === undefined) throw new Error(usage);
  if (flag === '--only') return readFlags(after, { ...options, only: value });
  if (flag === '--profile') return readFlags(after, { ...options, profile: value });
  if (flag === '--systems') return readFlags(after, { ...options, systems: readSystems(value) });
  throw new Error(`${flag} is not an option; ${usage}`);
}

function readSystems(value: string): readonly SystemName[] {
  return value.split(',').map((name) => {
    if (isSystemName(name)) return name;
    throw new Error(`"${name}" is not one of ${systemNames.join(', ')}`);
  });
}
