import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.ts';

/** One storm. The same options bring the same strokes at the same moments. */
export interface StormOptions {
  readonly seed: number;
  /** Over all stages. */
  readonly tasks: number;
  /** Parts that are played and drained one after the other, on one Redis and one queue; all are judged at the end. */
  readonly pieces: number;
  readonly kills: number;
  readonly freezes: number;
  readonly redisKills: number;
  /** On a server of its own, of profile P0: all that it had is lost each time, and counted. */
  readonly unsavedKills: number;
  /** On another one, of profile P1, whose loss is measured. */
  readonly everysecKills: number;
  /** On a Sentinel set of its own, of profile P3d, which loses nothing. */
  readonly failovers: number;
  /** On another one, of profile P3, whose loss is measured. */
  readonly asyncFailovers: number;
  /** On a Cluster of six, of profile P3d, together with the moves of the queue's slot there. */
  readonly clusterFailovers: number;
  readonly slotMoves: number;
  readonly networkFaults: number;
  /** ms in which the tasks of a stage are enqueued. */
  readonly duration: number;
  readonly workers: number;
  readonly producers: number;
  /** ms */
  readonly lease: number;
}

/** What a command line asks for, beside the storm itself. */
export interface StormCommand {
  readonly storm: StormOptions;
  /** One JSON object on standard output instead of the report. */
  readonly json: boolean;
  /** Writes REPORT.md. */
  readonly report: boolean;
}

const crew = { workers: 4, producers: 2, lease: 2_000 };

/** The size that CI can afford. */
export const gateSize: Omit<StormOptions, 'seed'> = {
  ...crew,
  tasks: 50_000,
  pieces: 1,
  kills: 20,
  freezes: 5,
  redisKills: 5,
  unsavedKills: 0,
  everysecKills: 0,
  failovers: 2,
  asyncFailovers: 0,
  clusterFailovers: 0,
  slotMoves: 0,
  networkFaults: 10,
  duration: 65_000,
};

/** The size that a release can afford: twenty minutes of a quiet machine. */
export const fullSize: Omit<StormOptions, 'seed'> = {
  ...crew,
  tasks: 1_000_000,
  pieces: 10,
  kills: 200,
  freezes: 20,
  redisKills: 50,
  unsavedKills: 3,
  everysecKills: 3,
  failovers: 20,
  asyncFailovers: 2,
  clusterFailovers: 10,
  slotMoves: 10,
  networkFaults: 100,
  duration: 1_000_000,
};

/** The size that the tests of every change can afford. */
export const smokeSize: Omit<StormOptions, 'seed'> = {
  ...crew,
  workers: 3,
  tasks: 2_000,
  pieces: 1,
  kills: 4,
  freezes: 1,
  redisKills: 1,
  unsavedKills: 0,
  everysecKills: 0,
  failovers: 0,
  asyncFailovers: 0,
  clusterFailovers: 0,
  slotMoves: 0,
  networkFaults: 2,
  duration: 12_000,
};

const numbers = {
  seed: 'seed',
  tasks: 'tasks',
  pieces: 'pieces',
  kills: 'kills',
  freezes: 'freezes',
  'redis-kills': 'redisKills',
  'unsaved-kills': 'unsavedKills',
  'everysec-kills': 'everysecKills',
  failovers: 'failovers',
  'async-failovers': 'asyncFailovers',
  'cluster-failovers': 'clusterFailovers',
  'slot-moves': 'slotMoves',
  'network-faults': 'networkFaults',
  'duration-ms': 'duration',
  workers: 'workers',
  producers: 'producers',
  'lease-ms': 'lease',
} as const;

/**
 * @param usual - the size where nothing is said; `--full` asks for the full one
 * @throws Error for an unknown option or a value that is no whole number
 */
export function readStormCommand(
  args: readonly string[],
  usual: Omit<StormOptions, 'seed'> = gateSize,
): StormCommand {
  const boolean = { type: 'boolean' } as const;
  const flags = { json: boolean, report: boolean, full: boolean };
  const named = Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options: { ...flags, ...named } });
  const given = Object.entries(numbers).flatMap(([name, key]) => {
    const text: unknown = Reflect.get(values, name);
    return typeof text === 'string' ? [[key, wholeNumber(`--${name}`, text)]] : [];
  });
  const size = values.full === true ? fullSize : usual;
  const storm: StormOptions = { seed: randomInt(2 ** 31), ...size, ...Object.fromEntries(given) };
  return { storm, json: values.json === true, report: values.report === true };
}

/** The command that plays this storm again. */
export function replayOf(storm: StormOptions): string {
  const given = Object.entries(numbers).map(([name, key]) => `--${name} ${storm[key]}`);
  return `pnpm chaos storm ${given.join(' ')}`;
}
