import { startRedisServer } from '@q/dev-redis';
import { expect, it } from 'vitest';
import { describeFailure } from './enumerate.ts';
import { sampleCases } from './sample-cases.ts';

const count = 12;
const ofScenarios = 4;
/** Other ones every day. */
const seed = Math.floor(Date.now() / 86_400_000);

it('wherever a process is killed, an answer lost or a command refused, a scenario comes to a clean end', {
  timeout: 120_000,
}, async () => {
  await using server = await startRedisServer();
  const { played, unreached, failed } = await sampleCases({ url: server.url, seed, count, ofScenarios });
  expect(failed.map((each) => describeFailure(each.title, each)).join('\n\n')).toBe('');
  expect([played, unreached < count / 2]).toEqual([count, true]);
});
