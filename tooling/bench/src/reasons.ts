/**
 * Why goals are missed: what was tried, and what is known to hold the figure back. What is only presumed says so. By the
 * id of its metric, or by its first words, which several have in common; the longest one counts.
 */
const reasons: Readonly<Record<string, string>> = {
  enqueue:
    'Tried: one flat object per enqueue, ids in one flat text, one promise per bulk, full calls that leave at once. Not profiled since; what holds it back is not known.',
  'drain-1': 'One task per round trip; settle and claim share one call already. Not profiled by itself.',
  'drain-1-prefetch': 'See the other drains.',
  drain:
    'A profile of a worker at concurrency 100, on a busy machine, is flat: garbage 13 to 15 %, ioredis 9 to 12 %, writes to the socket 6 to 25 %, and of the functions of this repository none above 4 %. Tried: handlers that never wait make no promise, timer or controller; envelopes are decoded when their turn comes, plain headers told by their bytes; calls of a connection share one timer. Presumed, not shown: two workers, a producer and Redis fill two cores.',
  'round-trip':
    'Tried: a claim that waits in Redis behind the blocking call (decision 0008), an enqueue that asks for the result (0009), calls without timers and listeners of their own. Redis reads 3 messages for a task where the floor has 4 and bee-queue 4.2, yet producer and worker use about twice the CPU of theirs; with 5,000 trips behind it the producer used half of what it did after 500, so part of it is code that is not compiled yet. Presumed, not shown: the rest is code that is cold between two wake-ups.',
  open: 'The path of a round trip without its result: see there. Not profiled apart from it.',
  'cost-producer':
    'An absolute goal that belongs to another machine: the floor, which takes 8 µs there, misses it in this run too. The ratio to the floor says more.',
  'cost-worker':
    'An absolute goal that belongs to another machine, where the floor takes 8 µs. It is twice the floor there; so is what was measured here. See the drains.',
  'cost-redis':
    'An absolute goal that belongs to another machine, where the floor takes 6.5 µs. Here less is used than by the floor of the same run. Decision 0007 tells what was done.',
};

export function reasonFor(id: string): string {
  const [longest] = Object.keys(reasons)
    .filter((beginning) => `${id}-`.startsWith(`${beginning}-`))
    .toSorted((one, other) => other.length - one.length);
  return (longest === undefined ? undefined : reasons[longest]) ?? 'Not looked into yet.';
}
