import { seededRandom } from '../nemesis/random.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type Enumeration, listCases, playCases } from './enumerate.ts';

export interface SampleOptions {
  readonly url: string;
  /** Which cases come first. */
  readonly seed: number;
  /** ms in which cases are begun. */
  readonly budget: number;
}

/** Plays as many cases of all scenarios as there is time for, in an order that the seed determines. */
export async function sampleCases({ url, seed, budget }: SampleOptions): Promise<Enumeration> {
  const random = seededRandom(seed);
  const cases = (await listCases(url, scenarios))
    .map((each) => ({ each, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ each }) => each);
  return playCases({ url, cases, until: performance.now() + budget });
}
