import type { luaSources } from '../lua/sources.gen.ts';
import type { QueueKeys } from '../protocol/keys.ts';

/** What a script takes: text, whole numbers, or opaque bytes. */
export type ScriptArgument = string | number | Uint8Array;

/** A Lua script seen as a function: how arguments go in and how the reply comes out. */
export interface Script<Input, Reply> {
  /** A script without a .lua file does not compile. */
  readonly name: keyof typeof luaSources;
  readonly keys: (keys: QueueKeys, input: Input) => string[];
  /**
   * ARGV from the second place on. The first is the same for every script and is put there by whoever sends it:
   * milliseconds added to Redis time, 0 outside tests.
   */
  readonly argv: (input: Input) => ScriptArgument[];
  /** Strings arrive as buffers. Throws `ProtocolError` for a reply that this version does not know. */
  readonly reply: (raw: unknown, input: Input) => Reply;
}
