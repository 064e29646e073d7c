/** Why goals are missed: what was tried, and what holds the figure back. By the id of its metric. */
const reasons: Readonly<Record<string, string>> = {};

export function reasonFor(id: string): string {
  return reasons[id] ?? 'Not looked into yet.';
}
