import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

let ticksPerSecond: number | undefined;

/** CPU time that a process has used so far with all its threads, in µs; the kernel counts in steps of about 10 ms. */
export function processCpuMicros(pid: number): number {
  return microsOf(readCpuTicks(readStat(pid)));
}

/** The same for a process and its children, those that have ended too. */
export function familyCpuMicros(pid: number): number {
  const parent = fieldsOf(readStat(pid));
  let ticks = sumOf(parent, 11, 15);
  for (const child of childrenOf(pid)) ticks += sumOf(child, 11, 13);
  return microsOf(ticks);
}

/** User and system time out of a line of `/proc/<pid>/stat`. */
export function readCpuTicks(stat: string): number {
  return sumOf(fieldsOf(stat), 11, 13);
}

/** The process id of the parent out of a line of `/proc/<pid>/stat`. */
export function readParent(stat: string): number {
  return Number(fieldsOf(stat)[1]);
}

/** A line of `/proc/<pid>/stat`. @throws when there is no such process */
export function readStat(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8');
}

function childrenOf(pid: number): readonly (readonly string[])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = fieldsOf(readStat(Number(name)));
        return Number(fields[1]) === pid ? [fields] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

// The name of a program may hold blanks and brackets; what follows its last bracket has fixed places.
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function sumOf(fields: readonly string[], from: number, to: number): number {
  return fields.slice(from, to).reduce((sum, field) => sum + Number(field), 0);
}

function microsOf(ticks: number): number {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (ticks * 1_000_000) / ticksPerSecond;
}
