/** What every error of this system has: a message for people, a stable `code` for programs, facts as fields, the cause. */
export abstract class QueueError extends Error {
  /** Never changes between versions, and is the same in every copy of this package: test it rather than the class. */
  abstract readonly code: string;
}

/** Thrown where something was declared or configured that cannot work: an option, a name, a duration. */
export class ConfigError extends QueueError {
  override readonly name = 'ConfigError';
  readonly code = 'Q_CONFIG';
}

/** Thrown when Redis holds or answers what no version known here writes. */
export class ProtocolError extends QueueError {
  override readonly name = 'ProtocolError';
  readonly code = 'Q_PROTOCOL';
}

/** Thrown when a value holds something that would not arrive as it was sent: a function, a class instance, a cycle. */
export class PayloadNotEncodableError extends QueueError {
  override readonly name = 'PayloadNotEncodableError';
  readonly code = 'Q_NOT_ENCODABLE';
  /** Where in the value, such as `args[0].user.callback`; empty for the value itself. */
  readonly path: string;
  /** Why it cannot travel and what to do instead. */
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`cannot encode ${path === '' ? 'the value' : shortened(path)}: ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/** Thrown when arguments or a result are larger than a payload may be. */
export class PayloadTooLargeError extends QueueError {
  override readonly name = 'PayloadTooLargeError';
  readonly code = 'Q_PAYLOAD_TOO_LARGE';
  /** The size found; a lower bound where encoding stopped early. */
  readonly bytes: number;
  readonly limit: number;

  constructor(what: string, bytes: number, limit: number) {
    super(
      `${what} takes ${bytes} bytes or more, the limit is ${limit}; store it elsewhere and pass a reference to it`,
    );
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** Thrown when bytes are not what the codec writes. The message never quotes them. */
export class PayloadMalformedError extends QueueError {
  override readonly name = 'PayloadMalformedError';
  readonly code = 'Q_MALFORMED';
}

/** One refusal of a schema. */
export interface Issue {
  /** Where in the value, such as `items[0].name`; empty for the value itself. */
  readonly path: string;
  /** The words of the schema library: they may quote the value. */
  readonly message: string;
}

/** Thrown when arguments do not pass the task's `input` schema. The message holds no values, only where they are. */
export class InvalidInputError extends QueueError {
  override readonly name = 'InvalidInputError';
  readonly code = 'Q_INVALID_INPUT';
  readonly task: string;
  readonly issues: readonly Issue[];

  constructor(task: string, issues: readonly Issue[], options?: ErrorOptions) {
    super(`the input of task "${task}" does not pass its schema${placesOf(issues)}`, options);
    this.task = task;
    this.issues = issues;
  }
}

/** Thrown when a result, or the data of a declared error, does not pass its schema. The message holds no values. */
export class InvalidResultError extends QueueError {
  override readonly name = 'InvalidResultError';
  readonly code = 'Q_INVALID_RESULT';
  readonly task: string;
  readonly issues: readonly Issue[];

  /** @param part - what was checked: `result`, or `data of error "RateLimited"`. */
  constructor(task: string, part: string, issues: readonly Issue[], options?: ErrorOptions) {
    super(`the ${part} of task "${task}" does not pass its schema${placesOf(issues)}`, options);
    this.task = task;
    this.issues = issues;
  }
}

export interface UnavailableFacts {
  /** The task that the call was about, `null` when there was none. */
  readonly id: string | null;
  readonly queue: string;
  /** How long was tried, ms. */
  readonly after: number;
}

/** Thrown when Redis could not be reached, or did not answer, before a call's deadline. */
export class QueueUnavailableError extends QueueError implements UnavailableFacts {
  override readonly name = 'QueueUnavailableError';
  readonly code = 'Q_REDIS_UNAVAILABLE';
  readonly id: string | null;
  readonly queue: string;
  readonly after: number;

  constructor({ id, queue, after }: UnavailableFacts, options?: ErrorOptions) {
    const advice =
      id === null
        ? 'check that the server runs and can be reached from here'
        : `task ${id} may have been stored; enqueueing it again with the same id never makes a second one`;
    super(`Redis did not answer for queue "${queue}" within ${after} ms; ${advice}`, options);
    this.id = id;
    this.queue = queue;
    this.after = after;
  }
}

const mostPlaces = 5;
const longestPath = 200;

function placesOf(issues: readonly Issue[]): string {
  const places = [...new Set(issues.map((issue) => issue.path).filter((path) => path !== ''))].map(shortened);
  const named = places.slice(0, mostPlaces).join(', ');
  const more = places.length > mostPlaces ? ` and ${places.length - mostPlaces} more places` : '';
  return `${named === '' ? '' : ` at ${named}${more}`}; the reasons are in "issues"`;
}

function shortened(path: string): string {
  return path.length <= longestPath ? path : `${path.slice(0, longestPath)}…`;
}
