const outsideCaches =
  'Memory that is not in the caches of the processor costs a few tenths of a µs a task, the floor as well, for it touches as many keys (decision 0020).';

/**
 * Why goals are missed: what was tried, and what is known to hold the figure back. What is only presumed says so. By the
 * id of its metric, or by its first words, which several have in common; the longest one counts.
 */
const reasons: Readonly<Record<string, string>> = {
  enqueue:
    'Tried: one flat object per enqueue, ids in one flat text, one promise per bulk, full calls that leave at once. The profile showed options checked and copied for every call of a list; without that a producer takes a quarter less processor time.',
  'drain-1':
    'One task per round trip; settle and claim share one call, of 15 commands. Tried: a short cut through the script, 15 % more tasks (decision 0022). What is left in Redis is a call of 29 arguments, 14 µs on a slow machine, and commands at 4 µs each, three quarters of that for getting in and out of Lua. The worker is busy for half of the time, a quarter of that in the write to its socket, a sixth in reading the answer; the longest function of the rest, the copy of the arguments in ioredis, has 5 %, and without it pairs of runs told no difference.',
  'drain-1-prefetch': 'See the other drains.',
  drain:
    'Tried: claims as two texts (decision 0015), claims and outcomes in calls of their own (0016), handlers that never wait make no promise, timer or controller, envelopes are decoded when their turn comes. A profile at concurrency 100 is flat but for garbage, 25 %, and the write to the socket, 14 %; of the functions of this repository one has 5 %, no other more than 2.3 %.',
  'drain-2x32':
    'The processors are full: two workers and Redis have two cores. On a slower machine two workers took 13 to 16 µs of processor time a task where one takes 10 to 12, and Redis 7 to 9. See also the other drains.',
  sleeping:
    'Twenty waves of 100 handlers that end in the same few ms: what is missing is 5 ms a wave, where the floor loses 3. What it consists of was not measured; nothing is claimed ahead behind tasks that take so long (decision 0010).',
  'bytes-finished':
    'What was finished says who ran it and under which claim, which the floor does not keep: the fence of a repeated settle needs it. Redis stores a text of at most 44 bytes in one piece with its object, which takes 16 less; here it has 41 to 45, and more where the name of the task or the label of the worker is longer (decision 0021).',
  scale: outsideCaches,
  'scale-waiting': `${outsideCaches} Two more runs of this row alone, right after a page that had missed it by 1 %, gave 0.987 and 0.996, and 0.989 and 0.968 for the floor: a row of one round is not more certain than that.`,
  'scale-leases':
    'Five more runs of this row alone, right after a run on a busy machine that had missed it by 8 %, gave 1, 1.04, 1.06, 1.07 and 1.03: a row of one round is not more certain than that.',
  'round-trip':
    'Tried: a claim that waits in Redis behind the blocking call (decision 0008), an enqueue that asks for the result (0009), calls without timers and listeners of their own, no questions to tables that hold nothing. Redis reads 3 messages for a task where the floor has 4. On a slower machine, with 100,000 trips behind them, client, worker and Redis needed 106, 115 and 112 µs of user time a trip, those of the floor 42, 55 and 47, and all the same time in the kernel, 43 to 113. In Redis it is the scripts: three of 28 to 34 µs each, where those of the floor take 9; ten commands less of 41 made them 4 % faster, and a short cut for lone tasks takes a quarter off two of them since (decision 0022). Profiles of client and worker are flat: of the functions of this repository none has more than 3 %, and no builtin more than 2 %. The floor needs more time than the best peer as well, whose client library is another one; that this is the reason was not shown.',
  open: 'The path of a round trip without its result: see there. At 1,000 a second 100 tasks come in 73 calls, and for each of these Redis runs three scripts, two of which took 48 µs, commands 9 of them, before they had a short cut for lone tasks (decision 0022: 7 % less for Redis); when one call follows the other, the whole of it takes half. Between calls Redis sleeps, and finds neither code nor data in the caches afterwards. Its profile is flat: the kernel 33 %, memory 7 %, no function above 5 %.',
  'cost-producer':
    'An absolute goal that belongs to another machine, where the floor takes 8 µs. The ratio to the floor of the same run says more.',
  'cost-worker':
    'An absolute goal that belongs to another machine, where the floor takes 8 µs. It is twice the floor there; so is what was measured here. See the drains.',
  'cost-redis':
    'An absolute goal that belongs to another machine, where the floor takes 6.5 µs. The ratio to the floor of the same run says more. Decision 0007 tells what was done.',
};

export function reasonFor(id: string): string {
  const [longest] = Object.keys(reasons)
    .filter((beginning) => `${id}-`.startsWith(`${beginning}-`))
    .toSorted((one, other) => other.length - one.length);
  return (longest === undefined ? undefined : reasons[longest]) ?? 'Not looked into yet.';
}
