import { ConfigError, task } from '@q/core';
import { describe, expect } from 'vitest';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const greet = task<() => void>('greet');

describe('worker.cron()', () => {
  test('runs its handler by the clock, with the context of any task', async ({ rig }) => {
    const ran = deferred<{ name: string; tries: number }>();
    const worker = rig.worker();
    worker.cron('* * * * * *', 'greet', ({ name, tries }) => ran.resolve({ name, tries }));
    await rig.start(worker);
    expect(await ran.promise).toEqual({ name: 'greet', tries: 1 });
  });

  test('refuses a name that is taken, a bad crontab and an unknown zone', ({ rig }) => {
    const worker = rig.worker().handle(greet, () => undefined);
    expect(() => worker.cron('@daily', 'greet', () => undefined)).toThrow(ConfigError);
    const tab: string = 'every day';
    expect(() => worker.cron(tab, 'other', () => undefined)).toThrow(ConfigError);
    expect(() => worker.cron('@daily', 'other', () => undefined, { tz: 'Mars/Olympus' })).toThrow(
      ConfigError,
    );
    expect(() => worker.cron('@daily', 'other', () => undefined, { maxScheduleDrift: -1 })).toThrow(
      ConfigError,
    );
    expect(() =>
      worker.cron('@daily', 'other', () => undefined).cron('@daily', 'other', () => undefined),
    ).toThrow(ConfigError);
  });
});
