import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { startRedisServer } from '@q/dev-redis';
import { describeFailure, type Enumeration, listCases, playCases } from './crash-points/enumerate.ts';
import { sampleCases } from './crash-points/sample-cases.ts';
import { describeReport, type FaultReport, playFaults } from './faults/play-faults.ts';
import { readFaultsCommand } from './faults/read-faults-command.ts';
import { inBackground } from './in-background.ts';
import { isHeld, linesOf, readMalformedCommand } from './malformed/malformed-options.ts';
import { runMalformed } from './malformed/run-malformed.ts';
import { runModel } from './model/run-model.ts';
import { named } from './named.ts';
import { scenarios } from './scenarios/scenarios.ts';
import { runStorm } from './storm/run-storm.ts';
import { readStormCommand, type StormCommand } from './storm/storm-options.ts';
import { pageOf, stormReportOf } from './storm/storm-report.ts';
import { traceOf } from './trace-of.ts';
import { wholeNumber } from './whole-number.ts';

const usage = `pnpm chaos gate [--seed n] [--json] [--report]
                                             what CI plays: a storm, crash points, stories of the model, faults
pnpm chaos storm [--full] [--seed n] [--tasks n] [--pieces n] [--kills n] [--freezes n]
                 [--redis-kills n] [--unsaved-kills n] [--everysec-kills n]
                 [--failovers n] [--async-failovers n] [--cluster-failovers n] [--slot-moves n]
                 [--network-faults n] [--duration-ms n]
                 [--workers n] [--producers n] [--lease-ms n] [--json] [--report]
                                             one of any size; --report writes tooling/chaos/REPORT.md
pnpm chaos faults [name] [--size n | --gate] [--json]
                                             one after the other, with the counts of the promises
pnpm chaos points [scenario]                 every scenario, broken at every command
pnpm chaos model [seed] [stories]            the scripts alone, under workers and clocks that do anything
pnpm chaos malformed [--count n] [--seed n] [--json]
                                             values that no producer writes, all met by one worker`;

const gateCases = 50;
const gateStories = 2_000;
/** Stages with failovers wait for Sentinels most of the time. */
const stagesAtOnce = 2;
/** In the gate: most of them wait for leases. */
const faultsAtOnce = 2;
const storyLength = 60;
/** Share of the points: how often a worker asks depends on the clock, and on how busy the machine is. */
const mostUnreached = 0.5;

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main([command = '', ...args]: readonly string[]): Promise<boolean> {
  switch (command) {
    case 'gate': {
      const asked = readStormCommand(args);
      const { seed } = asked.storm;
      const held = await Promise.all([
        // All else waits for leases, and is held against the time; the model waits for nothing.
        inBackground(import.meta.url, ['model', String(seed), String(gateStories)]),
        inTurn([() => storm(asked), () => sampledPoints(seed), () => playAll(asked.json)]),
      ]);
      return held.every(Boolean);
    }
    case 'model':
      return model(...readModelCommand(args));
    case 'storm':
      return storm(readStormCommand(args));
    case 'faults':
      return faultsOf(args);
    case 'points':
      return points(args[0] ?? '');
    case 'malformed':
      return malformed(args);
    default:
      log(usage);
      return false;
  }
}

/** @throws Error for what is no whole number */
function readModelCommand([seed, stories]: readonly string[]): readonly [seed: number, stories: number] {
  return [
    seed === undefined ? randomInt(2 ** 31) : wholeNumber('the seed', seed),
    stories === undefined ? gateStories : wholeNumber('the number of stories', stories, 1),
  ];
}

async function inTurn(parts: ReadonlyArray<() => Promise<boolean>>): Promise<boolean> {
  const held: boolean[] = [];
  for (const part of parts) held.push(await part());
  return held.every(Boolean);
}

async function storm({ storm: options, json, report }: StormCommand): Promise<boolean> {
  const result = stormReportOf(options, await runStorm(options, { log, stagesAtOnce }));
  const page = pageOf(result, new Date().toISOString().slice(0, 10));
  process.stdout.write(`${json ? JSON.stringify(result) : page}\n`);
  if (report) await writeFile(new URL('../REPORT.md', import.meta.url), page);
  log(`again: ${result.replay}`);
  return result.holds;
}

async function malformed(args: readonly string[]): Promise<boolean> {
  const { options, json } = readMalformedCommand(args);
  const report = await runMalformed(options, log);
  process.stdout.write(`${json ? JSON.stringify(report) : linesOf(report)}\n`);
  log(`again: pnpm chaos malformed --count ${options.count} --seed ${options.seed}`);
  return isHeld(report);
}

async function sampledPoints(seed: number): Promise<boolean> {
  await using server = await startRedisServer();
  return judged(await sampleCases({ url: server.url, seed, count: gateCases }));
}

async function model(seed: number, runs: number): Promise<boolean> {
  await using server = await startRedisServer();
  const begunAt = performance.now();
  const failure = await runModel({ url: server.url, seed, runs, length: storyLength }).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (failure !== null) log(failure);
  const took = Math.round((performance.now() - begunAt) / 1_000);
  log(
    `${runs} stories of up to ${storyLength} acts in ${took} s, seed ${seed}: ${failure === null ? 'all held' : 'one failed'}`,
  );
  return failure === null;
}

async function faultsOf(args: readonly string[]): Promise<boolean> {
  const { name, size, json } = readFaultsCommand(args);
  return playFaults({ name, size, onPlayed: told(json) });
}

function playAll(json: boolean): Promise<boolean> {
  return playFaults({ name: '', size: 'gate', playedAtOnce: faultsAtOnce, onPlayed: told(json) });
}

function told(json: boolean): (report: FaultReport) => void {
  return (report) => {
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    log(describeReport(report));
  };
}

async function points(name: string): Promise<boolean> {
  const wanted = named('scenario', scenarios, name);
  await using server = await startRedisServer();
  const cases = await listCases(server.url, wanted);
  log(`${cases.length} cases`);
  return judged(await playCases({ url: server.url, cases }));
}

function judged({ played, unreached, failed }: Enumeration): boolean {
  for (const each of failed) log(describeFailure(each.title, each));
  log(`${played} cases played, ${unreached} points not reached, ${failed.length} failed`);
  // What is not reached proves nothing.
  return failed.length === 0 && unreached < played * mostUnreached;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  log(traceOf(error));
  process.exitCode = 1;
}
