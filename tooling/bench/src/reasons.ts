/**
 * Why goals are missed: what was tried, and what is known to hold the figure back. What is only presumed says so. By the
 * id of its metric, or by its first words, which several have in common; the longest one counts.
 */
const reasons: Readonly<Record<string, string>> = {
  enqueue:
    'Tried: one flat object per enqueue, ids in one flat text, one promise per bulk, full calls that leave at once. Not profiled since; what holds it back is not known.',
  'drain-1':
    'One task per round trip; settle and claim share one call already. Of a call that settles and claims one task Redis spends 41 µs in the script (17 commands, which take 7 µs themselves); in the worker 37 % of the time that it is not idle go into the write to its socket, 3 % into garbage, and no other function has 3 %. Not tried: fewer commands where a call carries one task.',
  'drain-1-prefetch': 'See the other drains.',
  drain:
    'Tried: claims as two texts, which took 5 to 10 % off the worker (decision 0015); handlers that never wait make no promise, timer or controller; envelopes are decoded when their turn comes. A profile at concurrency 100 is flat but for garbage, 26 %, and the write to the socket, 11 %; of the functions of this repository none has more than 4 %. Worker and Redis take turns for a part of each call: what is decoded and put together between two calls, Redis waits for.',
  'drain-2x32':
    'Two workers take 14 to 16 µs of processor time a task where one takes 11 to 12, and Redis 7 to 8: on two cores 85,000 to 95,000 a second is the most that this leaves, with nothing else running. See also the other drains.',
  sleeping:
    'Twenty waves of 100 handlers that end in the same few ms: what is missing is 5 ms a wave, where the floor loses 3. What it consists of was not measured; nothing is claimed ahead behind tasks that take so long (decision 0010).',
  'bytes-finished':
    'What was finished says who ran it and under which claim, which the floor does not keep: the fence of a repeated settle needs it. Not tried: writing times and claims shorter.',
  'scale-waiting':
    'Redis takes 12 to 17 µs of processor time a task instead of 7 to 8, for the same commands and calls, also when it had 12 s to settle before; with 400,000 waiting 10 to 11. The floor slows down as much. Presumed, not shown: memory that is reached for the first time, on a virtual machine.',
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
