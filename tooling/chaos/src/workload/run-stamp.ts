let runs = 0;

/** Names one run of a handler, over all processes. */
export function nextRun(by: string): string {
  runs += 1;
  return `${by}#${runs}`;
}
