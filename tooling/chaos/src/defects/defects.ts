import { createHash } from 'node:crypto';
import { luaSources } from '@q/core/wire';

type ScriptName = keyof typeof luaSources;

export type DefectName =
  | 'no fence'
  | 'no fence for a lone result'
  | 'hand-off in two steps'
  | 'enqueue is not idempotent';

/** A mistake in a script that people have made: the texts that it changes, and what into. */
interface Defect {
  readonly script: ScriptName;
  readonly changes: ReadonlyArray<readonly [from: string, to: string]>;
}

const storesNew = "redis.call('MSETNX', unpack(stored, 1, 2 * count)) == 1";
const linesUp = 'if all_new and not earliest then';
const isCreated = "reply[at + 2] = is_new[at] and 'created' or verdict(value, known)";

const defects: Readonly<Record<DefectName, Defect>> = {
  /** A settle is accepted whoever holds the task. */
  'no fence': {
    script: 'step',
    changes: [
      ['if is_plain and tags[at] == tag and not is_more then', 'if is_plain and not is_more then'],
      ['elseif item.holder ~= item.tag then', 'elseif false then'],
    ],
  },
  /** The same where one result comes by itself, or with a claim. */
  'no fence for a lone result': {
    script: 'step',
    changes: [['if holders[1] ~= tag or id and holders[2] then', 'if id and holders[2] then']],
  },
  /** The first call stores the tasks, the second one puts them where they are found. */
  'hand-off in two steps': {
    script: 'enqueue',
    changes: [
      [
        linesUp,
        `if all_new then return redis.error_reply('TRYAGAIN the second step follows') end\n${linesUp}`,
      ],
      [isCreated, `${isCreated}\nif reply[at + 2] == 'created' then is_new[at] = true end`],
    ],
  },
  /** What is sent again is stored again. */
  'enqueue is not idempotent': {
    script: 'enqueue',
    changes: [[storesNew, "redis.call('MSET', unpack(stored, 1, 2 * count)) and true"]],
  },
};

export interface DefectiveScript {
  readonly script: ScriptName;
  readonly source: string;
  readonly sha1: string;
}

/** A script with a mistake in it. @throws Error when the script does not hold a text any more that the mistake changes */
export function defectiveScript(name: DefectName): DefectiveScript {
  const { script, changes } = defects[name];
  let { source } = luaSources[script];
  for (const [from, to] of changes) {
    if (!source.includes(from))
      throw new Error(
        `the defect "${name}" finds no "${from}" in ${script}.lua; adapt it to the script of today`,
      );
    source = source.replace(from, () => to);
  }
  return { script, source, sha1: createHash('sha1').update(source).digest('hex') };
}
