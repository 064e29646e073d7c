import { startRedisServer } from '@q/dev-redis';
import { expect, it, onTestFinished } from 'vitest';
import { seededRandom } from '../nemesis/random.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type CrashCase, describeFailure, listCases, playCases } from './enumerate.ts';

/** ms in which cases are begun. */
const budget = 12_000;
/** Other ones every day: in a month nearly all are played. */
const seed = Math.floor(Date.now() / 86_400_000);

function shuffled(cases: readonly CrashCase[]): readonly CrashCase[] {
  const random = seededRandom(seed);
  return cases
    .map((each) => ({ each, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ each }) => each);
}

it('wherever a process is killed, an answer lost or a command refused, every scenario comes to a clean end', {
  timeout: 120_000,
}, async () => {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const cases = shuffled(await listCases(server.url, scenarios));
  const until = performance.now() + budget;
  const { played, unreached, failed } = await playCases({ url: server.url, cases, until });
  expect(failed.map((each) => describeFailure(each.title, each)).join('\n\n')).toBe('');
  expect([played > 4, unreached < played]).toEqual([true, true]);
});
