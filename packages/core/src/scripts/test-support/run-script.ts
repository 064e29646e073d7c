import type { Redis } from 'ioredis';
import { type LuaSource, luaSources } from '../../lua/sources.gen.ts';
import type { QueueKeys } from '../../protocol/keys.ts';
import type { Script, ScriptArgument } from '../script.ts';

/** A script with its keys and arguments filled in: what goes over the wire, ready to be sent any number of times. */
export interface BoundCall {
  readonly name: string;
  readonly keys: readonly string[];
  readonly send: () => Promise<unknown>;
}

/** Where calls go. `shift` is what they add to Redis time, ms. */
export interface CallTarget {
  readonly redis: Redis;
  readonly keys: QueueKeys;
  readonly shift: number;
  /** Scripts that stand in for those of the package. @default none */
  readonly changed?: Partial<Record<keyof typeof luaSources, LuaSource>>;
}

/** Runs a script as a port would: EVALSHA, and EVAL when the server does not know it. */
export async function runScript<Input, Reply>(
  target: CallTarget,
  script: Script<Input, Reply>,
  input: Input,
): Promise<Reply> {
  const keys = script.keys(target.keys, input);
  const raw = await evaluate(target.redis, target.changed?.[script.name] ?? luaSources[script.name], keys, [
    target.shift,
    ...script.argv(input),
  ]);
  return script.reply(raw, input);
}

/** Fixes the input now; the time is the one of each sending. */
export function bindCall<Input, Reply>(
  target: CallTarget,
  script: Script<Input, Reply>,
  input: Input,
): BoundCall {
  return {
    name: script.name,
    keys: script.keys(target.keys, input),
    send: async () => await runScript(target, script, input),
  };
}

async function evaluate(
  redis: Redis,
  script: LuaSource,
  keys: readonly string[],
  argv: readonly ScriptArgument[],
): Promise<unknown> {
  const operands = [
    keys.length,
    ...keys,
    ...argv.map((item) => (typeof item === 'object' ? Buffer.from(item) : item)),
  ];
  try {
    return await redis.callBuffer('EVALSHA', script.sha1, ...operands);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await redis.callBuffer('EVAL', script.source, ...operands);
  }
}
