import { type BarChart, barChart } from './bar-chart.ts';
import { targets } from './goals.ts';
import { reasonFor } from './reasons.ts';
import { judge, type Measured, rowOf, spreadsOf, type Verdict, verdictsOf } from './rows.ts';
import { roleOf } from './systems.ts';
import { showFigure, systemsIn, tableOf } from './table.ts';
import type { Versions } from './versions.ts';

export interface Report {
  readonly measured: readonly Measured[];
  readonly versions: Versions;
  /** What the user typed. */
  readonly command: string;
  /** `2026-01-31` */
  readonly date: string;
}

/** A document and the pictures in it, by file name. */
export interface Page {
  readonly markdown: string;
  readonly charts: ReadonlyMap<string, string>;
}

const method = `Each queue has a producer, two workers and a server in processes of their own, and no two queues are measured at the same time. They take turns
round by round, in changing order; every figure is the median of the rounds, with the least and the greatest in brackets. Nothing is discarded: a
round in which a queue hung or failed is told in its place. Figures move by tens of percent from run to run and from machine to machine, so **only
ratios taken in one run count**.

- A task does nothing and carries about 100 bytes of JSON, unless the row says otherwise. Handlers return nothing; that is the result which is stored.
- CPU time is user and system time out of \`/proc\`, of all threads. For PostgreSQL it is that of all its processes.
- Commands are what \`INFO commandstats\` counts, inside scripts or not. Memory is \`used_memory\` without that of connections; for PostgreSQL, the size of the database.
- **floor** is raw ioredis and two Lua scripts that do the least that a durable at-least-once queue can: a list, a hash of owners, a body that its result
  replaces. It has no options, errors, context, leases or recovery. Ratios to it say how much all of that costs.
- Queues on Redis are peers; one on another server is shown beside them, and no ratio or goal counts it. A variant called *lean* keeps no results; it counts
  as a peer all the same.
- A dash stands for what a queue does not have: no call that waits for a result, say, or no result that is kept.`;

/** Everything that was measured, as a page of its own. */
export function pageOf(report: Report): Page {
  const { measured, versions, command, date } = report;
  const chapters = [...new Set(measured.map(({ chapter }) => chapter))];
  const charts = new Map(measured.flatMap((each) => chartOf(each)));
  const markdown = [
    '# Figures',
    `Generated on ${date} by \`${command} --page\`: do not edit. What it is run with stands at the end.`,
    '## Method',
    `${method}\n${loadsOf(versions)}`,
    '## Goals',
    goalsTable(measured),
    ...missedGoals(measured),
    ...chapters.flatMap((chapter) => chapterOf(chapter, measured, charts)),
    '## Machine, versions and settings',
    factsTable(versions),
    '## Once more',
    repeat(command),
  ];
  return { markdown: `${markdown.join('\n\n')}\n`, charts };
}

function loadsOf({ size }: Versions): string {
  const { warmUp, warmUpTrips, waiting, delayed, leases, scaleTasks, memoryTasks } = size;
  const [untimed, trips, more, later, others, drained, many] = [
    warmUp,
    warmUpTrips,
    waiting,
    delayed,
    leases,
    scaleTasks,
    memoryTasks,
  ].map((count) => count.toLocaleString('en'));
  const [fill, drain] = [size.fillLimit, size.drainLimit].map((ms) => ms / 1_000);
  return `- A drain begins when all tasks are there, or have been sent for ${fill} seconds. Its clock starts when each worker has run its share of those that are not timed, or after a second and a half, and stops at the end of the last one, or ${drain} seconds after the start: then the figure is the rate until then. Enqueueing is timed until all have been sent, or three seconds have passed.
- ${untimed} tasks are enqueued, or run, before the clock does, ${trips} where latency is measured: code that runs for the first time takes several times as long.
- The chapter on scale has ${more} more tasks waiting, ${later} delayed by an hour, and ${others} other workers with leases. Pair by pair a server is filled with them and one beside it is not; then both are given ${drained} tasks, which is more than caches of a processor hold, then both are drained, one right after the other. The clock starts when Redis has grown its table of keys to their number. There are as many pairs as 100 seconds allow; the figure is their median. The one on memory runs ${many} tasks.`;
}

function chapterOf(
  chapter: string,
  measured: readonly Measured[],
  charts: ReadonlyMap<string, string>,
): readonly string[] {
  const own = measured.filter((each) => each.chapter === chapter);
  const pictures = own.flatMap(({ metric: { id, metric } }) =>
    charts.has(fileOf(id)) ? [`![${metric}](charts/${fileOf(id)})`] : [],
  );
  return [`## ${chapter}`, tableOf(own, measured), ...pictures];
}

function goalsTable(measured: readonly Measured[]): string {
  const head = ['', '@q', '÷ best peer', '÷ floor', 'goal', 'reached', 'as good as it can get'];
  const rule = ['---', '---:', '---:', '---:', '---', '---', '---'];
  const body = measured.flatMap((each) => {
    const target = targets[each.metric.id];
    if (target === undefined) return [];
    const row = rowOf(each, measured);
    const verdicts = verdictsOf(each, measured);
    const best = target.moonshot === null ? '' : showMoonshot(judge(target.moonshot, each, measured));
    return [
      [
        `${row.metric}, ${row.unit}`,
        showFigure(row.q),
        showFigure(row.ratioToBestPeer),
        showFigure(row.ratioToFloor),
        verdicts.map(({ goal }) => goal).join('<br>'),
        verdicts.map(showVerdict).join('<br>'),
        best,
      ],
    ];
  });
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What was tried for each goal that was not reached, and what holds it back. */
function missedGoals(measured: readonly Measured[]): readonly string[] {
  const lines = measured.flatMap((each) => {
    const missed = verdictsOf(each, measured).filter(({ missedBy }) => missedBy !== null && missedBy > 0);
    if (missed.length === 0) return [];
    const by = missed.map((verdict) => `${verdict.goal}: ${showVerdict(verdict)}`).join('; ');
    return [`- ${each.metric.metric} (${by}). ${reasonFor(each.metric.id)}`];
  });
  return lines.length === 0 ? [] : ['## Missed', lines.join('\n')];
}

function showMoonshot(verdict: Verdict): string {
  return `${verdict.goal}: ${showVerdict(verdict)}`;
}

function showVerdict({ isRelative, limit, missedBy }: Verdict): string {
  if (missedBy === null) return limit === null ? 'nothing to compare with' : 'not measured';
  const compared = isRelative ? `, with a limit of ${showFigure(limit)}` : '';
  return `${missedBy === 0 ? 'yes' : `**missed by ${showFigure(missedBy * 100)} %**`}${compared}`;
}

function chartOf(each: Measured): readonly (readonly [string, string])[] {
  const { metric, unit, better, id } = each.metric;
  const spreads = spreadsOf(each);
  const bars = systemsIn([each]).flatMap((system) => {
    const spread = spreads.get(system);
    if (spread === undefined) return [];
    return [{ label: system === 'q' ? '@q' : system, role: roleOf(system), ...spread }];
  });
  if (bars.length < 2) return [];
  const chart: BarChart = { title: metric, unit, better, bars };
  return [[fileOf(id), barChart(chart)]];
}

function fileOf(id: string): string {
  return `${id}.svg`;
}

function factsTable({ settings, size, ...facts }: Versions): string {
  const lines = [
    ...Object.entries(facts),
    ...Object.entries(settings).map(([name, words]) => [`settings: ${name}`, words]),
  ];
  const body = lines.map(([name, value]) => `| ${String(name)} | ${String(value)} |`);
  const sizes = Object.entries(size).map(([name, count]) => `${name} ${count.toLocaleString('en')}`);
  return ['| | |', '|---|---|', ...body, `| size | ${sizes.join(', ')} |`].join('\n');
}

function repeat(command: string): string {
  return `\`\`\`sh
${command} --page     # this page, on your machine
pnpm bench quick             # the most telling rows in three minutes at most
pnpm bench drain-32 enqueue  # scenarios by name, or by the beginning of it
pnpm bench all --json        # one JSON object
pnpm bench micro             # the hot pure parts by themselves
\`\`\`

Redis is found or fetched as for the tests. graphile-worker is measured when programs of PostgreSQL are installed, on a server of its own, or when \`DATABASE_URL\`
points to one on this machine. Let the machine do nothing else meanwhile.`;
}
