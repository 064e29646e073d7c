import type { Scenario } from './scenario.ts';
import { scenarios, scenariosNamed } from './scenarios.ts';
import { type SizeName, sizes } from './size.ts';
import { factsOf, isSystemName, type SystemName, systemNames } from './systems.ts';

export interface BenchOptions {
  readonly size: SizeName;
  readonly scenarios: readonly Scenario[];
  readonly systems: readonly SystemName[];
  readonly json: boolean;
  readonly readme: boolean;
  readonly page: boolean;
  /** Folder for CPU profiles of every process. */
  readonly profile: string | null;
  /** What was asked for, without where it is written to. */
  readonly words: readonly string[];
}

const outputs = ['--json', '--readme', '--page'];
const usage = [
  'usage: pnpm bench quick|all|<scenario> … [--json] [--readme] [--page] [--systems q,floor] [--profile <folder>]',
  '       pnpm bench micro',
  `scenarios: ${scenarios.map(({ name }) => name).join(' ')}`,
  `systems: ${systemNames.join(' ')}`,
].join('\n');

interface Words {
  readonly size: SizeName | undefined;
  readonly named: readonly Scenario[];
  readonly flags: ReadonlySet<string>;
  readonly systems: readonly SystemName[] | undefined;
  readonly profile: string | null;
}

/**
 * Reads the command line: a size, or scenarios by name or by the beginning of it (`drain` for all drains), or both.
 * Scenarios without a size are measured as in `all`.
 *
 * @throws with the usage for what it does not know
 */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const words = readWords(args, {
    size: undefined,
    named: [],
    flags: new Set(),
    systems: undefined,
    profile: null,
  });
  const { size = 'all', named, flags, systems, profile } = words;
  if (words.size === undefined && named.length === 0) throw new Error(usage);
  const usual = scenarios.filter(({ isLong }) => size === 'all' || !isLong);
  return {
    size,
    scenarios: named.length === 0 ? usual : scenarios.filter((scenario) => named.includes(scenario)),
    systems: systems ?? systemNames.filter((name) => size === 'all' || !factsOf(name).isSlow),
    json: flags.has('--json'),
    readme: flags.has('--readme'),
    page: flags.has('--page'),
    profile,
    words: args.filter((word) => !outputs.includes(word)),
  };
}

function readWords([word, ...rest]: readonly string[], words: Words): Words {
  if (word === undefined) return words;
  if (isSizeName(word) && words.size === undefined) return readWords(rest, { ...words, size: word });
  if (outputs.includes(word)) {
    return readWords(rest, { ...words, flags: new Set([...words.flags, word]) });
  }
  const [value, ...after] = rest;
  if (word === '--profile' && value !== undefined) return readWords(after, { ...words, profile: value });
  if (word === '--systems' && value !== undefined)
    return readWords(after, { ...words, systems: readSystems(value) });
  const named = scenariosNamed(word);
  if (named.length === 0) throw new Error(`"${word}" is neither a scenario nor an option\n${usage}`);
  return readWords(rest, { ...words, named: [...words.named, ...named] });
}

function readSystems(value: string): readonly SystemName[] {
  const names = value.split(',').map((name) => {
    if (isSystemName(name)) return name;
    throw new Error(`"${name}" is not a system\n${usage}`);
  });
  return systemNames.filter((name) => names.includes(name));
}

function isSizeName(word: string): word is SizeName {
  return Object.hasOwn(sizes, word);
}
