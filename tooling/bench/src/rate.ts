/** Tasks per second. */
export function rateOf(tasks: number, micros: number): number {
  return (tasks * 1_000_000) / micros;
}
