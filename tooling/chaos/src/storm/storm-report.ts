import { cpus, release } from 'node:os';
import { unexcused } from '../checker/unexcused.ts';
import type { Spread, StageReport } from './stage-report.ts';
import { replayOf, type StormOptions } from './storm-options.ts';

/** What a storm came to, for machines. */
export interface StormReport {
  readonly storm: StormOptions;
  readonly replay: string;
  readonly versions: {
    readonly node: string;
    readonly system: string;
    readonly cpus: number;
  };
  readonly stages: readonly StageReport[];
  /** Nothing that was promised was broken. */
  readonly holds: boolean;
}

export function stormReportOf(storm: StormOptions, stages: readonly StageReport[]): StormReport {
  return {
    storm,
    replay: replayOf(storm),
    versions: { node: process.version, system: `${process.platform} ${release()}`, cpus: cpus().length },
    stages,
    holds: stages.every((stage) => unexcused(stage).length === 0),
  };
}

const mostListed = 20;
const changedLegend =
  'Results changed: somebody was told the first result of a task, and the server that had it was replaced before it had handed that on. The new one knew the task as not yet run, so it ran again: what is stored is the result of its second run. No script ever replaces a result.';

const everysecLegend =
  'P1: one server that hands its file to the system before it answers, and to the disk every second. It is killed here, and the system is not: what the last second of a machine that loses its power costs is not in these figures.';

const unsavedLegend =
  'P0: one server that keeps nothing. All that it had when it was killed is lost, results of tasks that had ended among it; who waits for one is told that it is missing.';

const mistakeLegend =
  'By mistake: no fault asked for it. A new master is at its busiest when all clients have just come to it; Sentinels that wait 800 ms for an answer may take it for dead, and go back to the one that was killed, which has come up again with what it had. In P3 all that the busy one had taken is lost; in P3d it takes nothing before it has a replica.';

/** The page that people read. */
export function pageOf(report: StormReport, date: string): string {
  const { storm, stages, versions, replay, holds } = report;
  const title = `# Storm of ${date}: ${storm.tasks} tasks, ${holds ? 'all promises held' : 'PROMISES WERE BROKEN'}`;
  const where = `Node ${versions.node}, ${versions.system}, ${versions.cpus} CPUs, ${storm.workers} workers, ${storm.producers} producers, leases of ${storm.lease} ms.`;
  const lossyChanges = stages.some((stage) => stage.changed > 0 && unexcused(stage).length === 0);
  const legend = [
    'P2: one server that writes its file before it answers. P3d: a Sentinel set or a Cluster whose masters write nothing without a replica, and tasks that are acknowledged when the replica has them. None of those may be lost, and every wait has to be answered. P3: a Sentinel set whose replica copies after the answer; what a killed master had not handed on is lost, and counted. On both, what a task came to may be lost, because its worker does not wait for the replica, and then it runs again and its result changes: that is counted here.',
    ...(stages.some(({ profile }) => profile === 'P1') ? [everysecLegend] : []),
    ...(stages.some(({ profile }) => profile === 'P0') ? [unsavedLegend] : []),
    'A killed worker: its tasks run again within its lease and a second when nothing else is broken. Here other workers are killed at the same time, and while Redis is away, and for a lease after it is back, nobody takes anything over.',
    'A killed master of a Sentinel set comes back as a master, and its Sentinels take ten to twenty seconds to make it the replica of the new one. In P3d that one takes no write before: the first run after Redis is back waits for them, not for the queue.',
    ...(stages.some(({ unasked }) => (unasked ?? 0) > 0) ? [mistakeLegend] : []),
    ...(lossyChanges ? [changedLegend] : []),
    'Duplicates: runs that repeat another one of the same try; each is paid for by a fault of the process that ran it first, or by one that kept the other from noticing that it was taken over. At most: what the victims held, for each fault the most runs that its process had begun and not settled at one moment of it. What runs again because a server forgot that it had ended, which all but P2 may, comes on top.',
  ];
  const again = ['Again:', '', '```sh', replay, '```'];
  return [title, '', where, '', tableOf(stages), '', ...legend, '', ...again, '', ...listed(stages)].join(
    '\n',
  );
}

function tableOf(stages: readonly StageReport[]): string {
  const rows: ReadonlyArray<readonly [string, (stage: StageReport) => string | number]> = [
    ['Redis', ({ redis }) => redis],
    ['tasks acknowledged', ({ acknowledged }) => acknowledged],
    ['**lost**', ({ lost }) => lost],
    ['**results changed**', ({ changed }) => changed],
    ['**waits without a result**', ({ hanging }) => hanging],
    ['runs', ({ runs }) => runs],
    ['duplicates, at most', ({ duplicates, duplicatesAllowed }) => `${duplicates}, ${duplicatesAllowed}`],
    [
      'endings',
      ({ endings }) =>
        Object.entries(endings)
          .map(([code, count]) => `${code} ${count}`)
          .join(' · '),
    ],
    ['processes killed', ({ faults }) => faults.kill],
    ['processes frozen', ({ faults }) => faults.freeze],
    ['processes that the machine let stand still', ({ faults }) => faults.stall],
    ['network faults', ({ faults }) => faults.network],
    ['Redis killed or replaced, slots moved', ({ faults }) => faults.redis],
    ['masters replaced by mistake', ({ unasked }) => unasked ?? '–'],
    ["a killed worker's tasks run again, ms", ({ afterKill }) => spread(afterKill)],
    ['first run after Redis is back, ms', ({ afterRedis }) => spread(afterRedis)],
    ['seconds', ({ took }) => Math.round(took / 1_000)],
    ['promises broken', (stage) => unexcused(stage).length],
  ];
  const head = ['', ...stages.map(({ profile, servers }) => `${profile}, ${servers}`)];
  const lines = rows.map(([name, value]) => [name, ...stages.map((stage) => String(value(stage)))]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function spread(value: Spread | null): string {
  return value === null ? '–' : `${value.median} (longest ${value.longest})`;
}

function listed(stages: readonly StageReport[]): readonly string[] {
  const broken = stages.flatMap(unexcused);
  if (broken.length === 0) return [];
  const lines = broken
    .slice(0, mostListed)
    .map(({ rule, id, what }) => `- ${rule}: ${id === null ? '' : `\`${id}\`: `}${what}`);
  return [`## Broken (${broken.length})`, '', ...lines, ''];
}
