import { seededRandom, shuffled } from '../nemesis/random.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type Enumeration, listCases, playCases } from './enumerate.ts';

export interface SampleOptions {
  readonly url: string;
  /** Determines which scenarios, and which cases of them. */
  readonly seed: number;
  readonly count: number;
  /** How many scenarios the cases are drawn from: each is played without faults first. @default all */
  readonly ofScenarios?: number;
}

/** Plays so many cases, which the seed determines. */
export async function sampleCases({
  url,
  seed,
  count,
  ofScenarios = scenarios.length,
}: SampleOptions): Promise<Enumeration> {
  const random = seededRandom(seed);
  const cases = await listCases(url, shuffled(scenarios, random).slice(0, ofScenarios));
  return playCases({ url, cases: shuffled(cases, random).slice(0, count) });
}
