import { seededRandom } from '../nemesis/random.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type Enumeration, listCases, playCases } from './enumerate.ts';

export interface SampleOptions {
  readonly url: string;
  /** Which cases come first. */
  readonly seed: number;
  readonly count: number;
}

/** Plays so many cases of all scenarios, which the seed determines. */
export async function sampleCases({ url, seed, count }: SampleOptions): Promise<Enumeration> {
  const random = seededRandom(seed);
  const cases = (await listCases(url, scenarios))
    .map((each) => ({ each, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ each }) => each);
  return playCases({ url, cases: cases.slice(0, count) });
}
