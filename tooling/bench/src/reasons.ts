/**
 * Why goals are missed: what was tried, and what is known to hold the figure back. What is only presumed says so. By the
 * id of its metric, or by its first words, which several have in common; the longest one counts.
 */
const reasons: Readonly<Record<string, string>> = {
  enqueue:
    'Tried: one flat object per enqueue, ids in one flat text, one promise per bulk, full calls that leave at once. Not profiled since; what holds it back is not known.',
  'drain-1':
    'One task per round trip; settle and claim share one call already. Of the 100 to 125 µs of such a call Redis spends 28 to 48 in the script: 17 commands, which take 6 themselves, 3 µs for defining its functions, 10 to 14 for judging the settle, 10 for the claim, and 20 for eight commands that write. The worker is busy for 50, half of it in the write to its socket. Not tried: fewer commands where a call carries one task, which would save 2 of them.',
  'drain-1-prefetch': 'See the other drains.',
  drain:
    'Tried: claims as two texts (decision 0015), claims and outcomes in calls of their own (0016), handlers that never wait make no promise, timer or controller, envelopes are decoded when their turn comes. A profile at concurrency 100 is flat but for garbage, 25 %, and the write to the socket, 14 %; of the functions of this repository one has 5 %, no other more than 2.3 %.',
  'drain-2x32':
    'The processors are full: two workers take 13 to 16 µs of processor time a task where one takes 10 to 12, and Redis 7 to 9. On two cores some 85,000 to 95,000 a second are the most that this leaves, with nothing else running. See also the other drains.',
  sleeping:
    'Twenty waves of 100 handlers that end in the same few ms: what is missing is 5 ms a wave, where the floor loses 3. What it consists of was not measured; nothing is claimed ahead behind tasks that take so long (decision 0010).',
  'bytes-finished':
    'What was finished says who ran it and under which claim, which the floor does not keep: the fence of a repeated settle needs it. Not tried: writing times and claims shorter.',
  scale:
    'The floor slows down as well, for it touches as many keys; memory that is not in the caches of the processor costs a few tenths of a µs each time. What cost most of it before was the growth of the table of keys, which belongs to filling (decision 0016).',
  'round-trip':
    'Tried: a claim that waits in Redis behind the blocking call (decision 0008), an enqueue that asks for the result (0009), calls without timers and listeners of their own. Redis reads 3 messages for a task where the floor has 4 and bee-queue 4.2, yet producer and worker use about twice the CPU of theirs; with 5,000 trips behind it the producer used half of what it did after 500, so part of it is code that is not compiled yet. Of 420 to 600 µs three scripts take 44 each, where a script that does nothing takes 3; client, worker and Redis use 210 to 300 µs of processor time each, most of it outside the functions of this repository: a profile shows half of the time of a client in the write to the socket, which includes what the scheduler runs meanwhile.',
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
