import { requireQueueName } from './contract/names.ts';
import { luaCommands } from './lua/commands.gen.ts';
import { queuePatterns } from './protocol/keys.ts';

/** What a process is to a queue. A worker is a client too, for `ctx.client`. An auditor sees the names of all keys of the server. */
export type AclRole = 'client' | 'worker' | 'auditor';

type ScriptName = keyof typeof luaCommands;

/** What a connection sends beside scripts. AUTH and HELLO need no permission. */
interface Sent {
  readonly scripts: readonly ScriptName[];
  readonly commands: readonly string[];
}

const connection = [
  'evalsha',
  'eval',
  'info',
  'select',
  'client|setname',
  'asking',
  'cluster|info',
  'cluster|slots',
  'readonly',
];

const client: Sent = {
  scripts: ['enqueue', 'abort', 'watch', 'unwatch', 'read'],
  commands: [...connection, 'subscribe', 'ssubscribe', 'wait'],
};

const worker: Sent = {
  scripts: [...client.scripts, 'join', 'step', 'renew', 'held', 'leave', 'define', 'fire'],
  commands: [...client.commands, 'blpop'],
};

const auditor: Sent = { scripts: ['survey', 'audit'], commands: connection };

const sentBy: Readonly<Record<AclRole, Sent>> = { client, worker, auditor };

/** The scripts that a role runs. Redis cannot tell one script from another, so that its rules follow from their commands. */
export function scriptsOf(role: AclRole): readonly ScriptName[] {
  return sentBy[role].scripts;
}

/**
 * The rules of a Redis user who may do what clients or workers of one queue do, and nothing else: to be given to
 * `ACL SETUSER <name> on ><password>` as they are. They take back whatever the user had before.
 *
 * @throws ConfigError for what is no queue name.
 */
export function aclRules({ role, queue }: { readonly role: AclRole; readonly queue: string }): string[] {
  const { scripts, commands } = sentBy[role];
  const { keys, channels } = queuePatterns(requireQueueName(queue));
  const called = scripts.flatMap((name) => luaCommands[name].split(' '));
  const allowed = [...new Set([...commands, ...called])].sort();
  return [
    'resetkeys',
    `~${keys}`,
    'resetchannels',
    `&${channels}`,
    '-@all',
    ...allowed.map((name) => `+${name}`),
  ];
}
