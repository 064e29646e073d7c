/**
 * Every Redis key this system touches, and nothing else, is named here. The braces make all keys of a queue
 * share one Cluster slot, so that every step can be one script.
 */
export interface QueueKeys {
  readonly queue: string;
  /** list: ids that wait, newest on the left; one level so far, its name empty */
  readonly ready: string;
  /** hash: id → tag of the claim that holds it; the only truth of ownership */
  readonly running: string;
  /** zset: worker → end of its lease */
  readonly workers: string;
  /** zset: worker that lapsed and is being emptied → since when */
  readonly dead: string;
  /** list: at most one token that wakes an idle worker */
  readonly bell: string;
  /** zset: id → when it becomes ready */
  readonly due: string;
  /** hash: id → tries, attempts, crashes, first unknown, tag */
  readonly tries: string;
  /** list: ids that were running when a worker crashed */
  readonly suspects: string;
  /** hash: running id → when its abort was asked for */
  readonly aborts: string;
  /** hash: id → clients that wait for its result */
  readonly watch: string;
  /** hash: lock → id and tag of the run that holds it */
  readonly unique: string;
  /** hash: protocol, swept */
  readonly meta: string;
  /** hash: name → definition of a schedule */
  readonly schedules: string;
  /** zset: name → next slot */
  readonly schedulesDue: string;
  /** hash: name → last fired slot; outlives the schedule */
  readonly schedulesLast: string;
  /** string: the envelope, replaced in place by the result */
  readonly task: (id: string) => string;
  /** list: errors of earlier tries */
  readonly history: (id: string) => string;
  /** hash: last claim number, and per open claim its ids */
  readonly claims: (worker: string) => string;
  /** hash: what a worker says of itself */
  readonly worker: (worker: string) => string;
  /** list: messages for one worker */
  readonly inbox: (worker: string) => string;
  /** pub/sub channel of one client's results */
  readonly channel: (client: string) => string;
}

function speller(queue: string): (suffix: string) => string {
  return (suffix) => `q:{${queue}}:${suffix}`;
}

/** Globs, as Redis matches them, that fit all keys of a queue, and all its channels. */
export function queuePatterns(queue: string): { readonly keys: string; readonly channels: string } {
  const at = speller(queue);
  return { keys: at('*'), channels: at('c:*') };
}

export function queueKeys(queue: string): QueueKeys {
  const at = speller(queue);
  const prefix = at('task:');
  return {
    queue,
    ready: at('ready:'),
    running: at('running'),
    workers: at('workers'),
    dead: at('dead'),
    bell: at('bell:'),
    due: at('due'),
    tries: at('tries'),
    suspects: at('suspects'),
    aborts: at('aborts'),
    watch: at('watch'),
    unique: at('unique'),
    meta: at('meta'),
    schedules: at('schedules'),
    schedulesDue: at('schedules:due'),
    schedulesLast: at('schedules:last'),
    task: (id) => prefix + id,
    history: (id) => at(`history:${id}`),
    claims: (worker) => at(`claims:${worker}`),
    worker: (worker) => at(`worker:${worker}`),
    inbox: (worker) => at(`inbox:${worker}`),
    channel: (client) => at(`c:${client}`),
  };
}
