import { createHash } from 'node:crypto';
import { luaSources } from '@q/core/wire';
import { readArguments } from './resp-frames.ts';

const scripts = new Map(Object.entries(luaSources).map(([name, { sha1 }]) => [sha1, name]));

/** Makes a changed script known by the name of the one that it replaces. */
export function nameScript(sha1: string, name: string): void {
  scripts.set(sha1, name);
}

/** What a command is about: the name of our script, or of the command itself, in lower case. */
export function commandNameOf(frame: Buffer): string {
  const [first, second, third] = readArguments(frame);
  const command = first?.toString('latin1').toLowerCase() ?? '';
  switch (command) {
    case 'evalsha':
      return scripts.get(second?.toString('latin1') ?? '') ?? 'evalsha';
    case 'eval':
      return (
        scripts.get(
          createHash('sha1')
            .update(second ?? '')
            .digest('hex'),
        ) ?? 'eval'
      );
    case 'client':
      return `client ${second?.toString('latin1').toLowerCase()}${third === undefined ? '' : ` ${third.toString('latin1').split(':', 1)[0]?.toLowerCase()}`}`.trim();
    default:
      return command;
  }
}
