import { expect, it } from 'vitest';
import { runStorm } from './run-storm.ts';
import { readStormCommand, replayOf, smokeSize } from './storm-options.ts';
import { stormReportOf } from './storm-report.ts';

it('a small storm under AOF always loses nothing, changes nothing and leaves nobody waiting', {
  timeout: 120_000,
}, async () => {
  const { storm } = readStormCommand([], smokeSize);
  const log: string[] = [];
  const report = stormReportOf(storm, await runStorm(storm, { log: (line) => void log.push(line) }));
  const [stage] = report.stages;
  const said = [replayOf(storm), ...log].join('\n');
  expect(stage?.violations, said).toEqual([]);
  expect(stage, said).toMatchObject({ acknowledged: storm.tasks, lost: 0, changed: 0, hanging: 0 });
  // The storm has to have struck: a nemesis that sleeps proves nothing.
  expect(stage?.faults, said).toMatchObject({ kill: storm.kills, redis: storm.redisKills });
});
