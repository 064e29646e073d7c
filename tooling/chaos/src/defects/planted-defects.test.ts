import { type RedisServer, startRedisServer } from '@q/dev-redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blow } from '../crash-points/crash-point.ts';
import { describeFailure } from '../crash-points/enumerate.ts';
import { loadScripts } from '../crash-points/load-scripts.ts';
import { runCase } from '../crash-points/run-case.ts';
import { simple } from '../scenarios/simple.ts';
import type { DefectName } from './defects.ts';

interface Planted {
  readonly defect: DefectName;
  readonly victim: 'client' | 'worker';
  readonly command: string;
  readonly nth: number;
  readonly blow: Blow;
  readonly brokenRule: string;
  /** Where what is waited for never comes, ms. */
  readonly patience?: number;
}

const planted: readonly Planted[] = [
  {
    defect: 'no fence',
    victim: 'worker',
    command: 'step',
    nth: 2,
    blow: { kind: 'held up' },
    brokenRule: 'a result never changes: what a waiter saw is what is stored',
  },
  {
    defect: 'no fence for a lone result',
    victim: 'worker',
    command: 'step',
    nth: 2,
    blow: { kind: 'held up' },
    brokenRule: 'a result never changes: what a waiter saw is what is stored',
  },
  {
    defect: 'hand-off in two steps',
    victim: 'client',
    command: 'enqueue',
    nth: 2,
    blow: { kind: 'killed before' },
    brokenRule: 'an accepted task ends',
    patience: 6_000,
  },
  {
    defect: 'enqueue is not idempotent',
    victim: 'client',
    command: 'enqueue',
    nth: 1,
    blow: { kind: 'reply lost' },
    brokenRule: 'a run is repeated only when a fault struck its process before it was settled',
  },
];

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
  await loadScripts(
    server.url,
    planted.map(({ defect }) => defect),
  );
});
afterAll(() => server.stop());

describe('a mistake planted in a script is found', () => {
  for (const { defect, victim, command, nth, blow, brokenRule, patience = 30_000 } of planted) {
    it(`${defect}: ${command} ${blow.kind}`, { timeout: 180_000 }, async () => {
      const common = { url: server.url, scenario: simple, victim };
      const point = { command, nth, blow };
      const broken: string[] = [];
      // Where the task comes after the worker, one call more comes before the one that matters; and on a busy machine a
      // settle may be let go before the other run has ended.
      for (const later of [0, 1, 0, 1]) {
        if (broken.includes(brokenRule)) break;
        const struck = { command, nth: nth + later, blow };
        const found = await runCase({ ...common, point: struck, defect, patience });
        broken.push(...found.violations.map(({ rule }) => rule));
      }
      expect(broken).toContain(brokenRule);
      const sound = await runCase({ ...common, point });
      expect(sound.violations, describeFailure('without the mistake', sound)).toEqual([]);
    });
  }
});
