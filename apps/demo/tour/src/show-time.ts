/** The time of day of an epoch ms, in UTC. */
export function showTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
