import { startRedisServer } from '@q/dev-redis';
import { expect, it } from 'vitest';
import { runModel } from './run-model.ts';

it('whatever workers, producers and clocks do, every task ends once, in its place, and nothing is left of it', {
  timeout: 120_000,
}, async () => {
  await using server = await startRedisServer();
  const seed = Math.floor(Date.now() / 86_400_000);
  await expect(runModel({ url: server.url, seed, runs: 40, length: 60 })).resolves.toBeUndefined();
});

for (const defect of ['no fence', 'enqueue is not idempotent'] as const) {
  it(`a mistake planted in a script is found: ${defect}`, { timeout: 120_000 }, async () => {
    await using server = await startRedisServer();
    const found = runModel({ url: server.url, seed: 1, runs: 60, length: 60, defect, endOnFailure: true });
    await expect(found).rejects.toThrow(/results of it were accepted|its result was|was created twice/);
  });
}
