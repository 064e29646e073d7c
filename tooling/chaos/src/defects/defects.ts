import { createHash } from 'node:crypto';
import { luaSources } from '@q/core/wire';

type ScriptName = keyof typeof luaSources;

export type DefectName = 'no fence' | 'hand-off in two steps' | 'enqueue is not idempotent';

/** A mistake in a script that people have made: the texts that it changes, and what into. */
interface Defect {
  readonly script: ScriptName;
  readonly changes: ReadonlyArray<readonly [from: string, to: string]>;
}

const storesNew = 'if repeated or not write_all_new(pairs_of) then';
const answers = 'replies[#replies + 1] = reply';

const defects: Readonly<Record<DefectName, Defect>> = {
  /** A settle is accepted whoever holds the task. */
  'no fence': { script: 'step', changes: [['elseif tags[at] ~= item.tag then', 'elseif false then']] },
  /** The first call stores the tasks, the second one puts them where they are found. */
  'hand-off in two steps': {
    script: 'enqueue',
    changes: [
      [
        storesNew,
        "if not repeated and write_all_new(pairs_of) then return redis.error_reply('TRYAGAIN the second step follows') else",
      ],
      [answers, `if reply == 'created' and not fresh then created[#created + 1] = item end ${answers}`],
    ],
  },
  /** What is sent again is stored again. */
  'enqueue is not idempotent': {
    script: 'enqueue',
    changes: [[storesNew, "redis.call('MSET', unpack(pairs_of, 1, #pairs_of))\nif false then"]],
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
