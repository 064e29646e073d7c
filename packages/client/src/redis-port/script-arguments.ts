import type { QueueKeys, Script, ScriptArgument } from '@q/core/wire';
import type { CommandArguments } from './connection.ts';

/** What follows a script's hash: number of keys, the keys, the shift of time, the script's own arguments. */
export function scriptArguments<Input, Reply>(
  script: Script<Input, Reply>,
  keys: QueueKeys,
  input: Input,
  timeShift: number,
): CommandArguments {
  const named = script.keys(keys, input);
  return [named.length, ...named, timeShift, ...script.argv(input).map(writable)];
}

/** ioredis writes buffers as they are, but any other array of bytes as a list of numbers. */
function writable(argument: ScriptArgument): string | number | Buffer {
  if (typeof argument !== 'object' || Buffer.isBuffer(argument)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
