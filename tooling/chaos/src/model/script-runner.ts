import { luaSources, type QueueKeys, type Script } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { type DefectName, defectiveScript } from '../defects/defects.ts';

/** Runs scripts as a port does, at a time of its own, and with a mistake in one of them when that is wanted. */
export interface ScriptRunner {
  readonly run: <Input, Reply>(script: Script<Input, Reply>, input: Input) => Promise<Reply>;
  /** Added to the time of Redis in every later call, ms. */
  shift: number;
}

export interface RunnerOptions {
  readonly redis: Redis;
  readonly keys: QueueKeys;
  /** @default none */
  readonly defect?: DefectName;
}

export function createScriptRunner({ redis, keys, defect }: RunnerOptions): ScriptRunner {
  const planted = defect === undefined ? null : defectiveScript(defect);
  const runner: ScriptRunner = {
    shift: 0,
    run: async (script, input) => {
      const { sha1, source } = planted?.script === script.name ? planted : luaSources[script.name];
      const named = script.keys(keys, input);
      const argv = script.argv(input).map((item) => (typeof item === 'object' ? Buffer.from(item) : item));
      const operands = [named.length, ...named, runner.shift, ...argv];
      const raw = await redis.callBuffer('EVALSHA', sha1, ...operands).catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return redis.callBuffer('EVAL', source, ...operands);
      });
      return script.reply(raw, input);
    },
  };
  return runner;
}
