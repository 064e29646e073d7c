/**
 * Why goals are missed: what was tried, and what holds the figure back. By the id of its metric, or by its first
 * words, which several have in common; the longest one counts.
 */
const reasons: Readonly<Record<string, string>> = {
  'enqueue-each':
    'Half of a burst is the promise, the handle and the id that each call has of its own. Tried: one flat object per enqueue, ids in one flat text, full calls that leave at once. What is left is spread over argument checks, the encoder and ioredis, none of them above 6 %.',
  'enqueue-bulk':
    'As above, with one promise for all: the rest is the walk that tells plain JSON from rich values, the envelope, and the script, which checks each id against what is there. The floor does none of it.',
  'drain-1':
    'One task per round trip: what counts is how many messages it takes, and how much code runs cold between two of them. Settle and claim share one call already.',
  'drain-1-prefetch': 'As for the other drains, with one task at a time.',
  drain:
    'A flat profile: the worker spends a seventh of its time on garbage, a tenth in ioredis, a tenth on the socket, and what remains on fifty functions of 1 % each (decoding, the context, the fence, the settle queue, the board of what has not begun). Tried: handlers that never wait make no promise, no timer and no controller; envelopes are decoded when their turn comes; plain headers are told by their bytes; all calls of a connection share one timer. With two workers, producer and Redis on two cores the processor is what is full.',
  'round-trip':
    'Of the four messages that a lone task costs none can go. Tried: a claim that waits in Redis behind the blocking call (0008), an enqueue that asks for the result (0009), and calls without timers and listeners of their own, which took a fifth off. The peer that is ahead wakes up, runs and answers with plain commands and keeps neither leases nor claims; here three scripts run, and their code and that of the worker is cold each time.',
  open: 'The same path as a round trip: what runs between two wake-ups is cold code, and there is more of it than in a queue without leases, fences and numbered claims. At 1,000 tasks a second the sockets cost more than the tasks.',
  'cost-producer':
    'An absolute goal, set on a faster machine: the ratio to the floor of the same run says more. See the first row.',
  'cost-worker':
    'An absolute goal, set on a faster machine: the ratio to the floor of the same run says more. See the drains.',
  'cost-redis':
    'An absolute goal, set on a faster machine: the ratio to the floor of the same run says more. Decision 0007 tells what was done.',
  sleeping:
    'A slot that gets free is filled with the answer of the next call, a few ms later on a machine whose cores are all in use.',
  scale: 'A few percent, which is less than two rounds of the same differ by on this machine.',
  memory: 'Pages that the allocator keeps; a second million does not add to them.',
};

export function reasonFor(id: string): string {
  const [longest] = Object.keys(reasons)
    .filter((beginning) => `${id}-`.startsWith(`${beginning}-`))
    .toSorted((one, other) => other.length - one.length);
  return (longest === undefined ? undefined : reasons[longest]) ?? 'Not looked into yet.';
}
