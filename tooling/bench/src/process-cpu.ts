import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

let ticksPerSecond: number | undefined;

/** CPU time that a process has used so far with all its threads, in µs; the kernel counts in steps of about 10 ms. */
export function processCpuMicros(pid: number): number {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (readCpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')) * 1_000_000) / ticksPerSecond;
}

/** User and system time out of a line of `/proc/<pid>/stat`. */
export function readCpuTicks(stat: string): number {
  // The name of a program may hold blanks and brackets; what follows its last bracket has fixed places.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
