import { luaSources, type QueueKeys, type Script, type ScriptArgument } from '@q/core/wire';

/** A script as a connection without a port sends it. Everything in it can be cloned. */
export interface ScriptCall {
  readonly sha1: string;
  readonly source: string;
  /** What follows either in EVALSHA and EVAL. */
  readonly args: ReadonlyArray<string | number>;
}

export function scriptCall<Input, Reply>(
  script: Script<Input, Reply>,
  keys: QueueKeys,
  input: Input,
): ScriptCall {
  const named = script.keys(keys, input);
  return {
    ...luaSources[script.name],
    args: [named.length, ...named, 0, ...script.argv(input).map(asText)],
  };
}

function asText(argument: ScriptArgument): string {
  return typeof argument === 'object' ? Buffer.from(argument).toString() : String(argument);
}
