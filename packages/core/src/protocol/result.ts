/** What a worker says of one finished run, the opaque part of a `+` or `-` value. */
export interface ResultFacts {
  readonly name: string;
  readonly createdAt: number;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  readonly tries: number;
  /** Wire id of the worker. */
  readonly worker: string;
  /** Id of the codec that wrote the payload; empty for the default one. */
  readonly codec: string;
}

export interface StoredResult extends ResultFacts {
  readonly payload: Buffer;
}

const version = '1';

/** First line: version; codec; createdAt; enqueuedAt; startedAt; tries; name; worker. The payload follows. */
export function encodeResultLine(facts: ResultFacts): string {
  const { codec, createdAt, enqueuedAt, startedAt, tries, name, worker } = facts;
  return `${version};${codec};${createdAt};${enqueuedAt};${startedAt};${tries};${name};${worker}\n`;
}

/** `null` for bytes that no worker of this version writes. */
export function decodeResult(body: Buffer): StoredResult | null {
  const end = body.indexOf(10);
  if (end === -1) return null;
  const parts = body.toString('utf8', 0, end).split(';');
  const [written, codec = '', createdAt, enqueuedAt, startedAt, tries, name = '', worker = ''] = parts;
  if (written !== version || parts.length !== 8 || name === '') return null;
  const times = {
    createdAt: Number(createdAt),
    enqueuedAt: Number(enqueuedAt),
    startedAt: Number(startedAt),
    tries: Number(tries),
  };
  if (!Object.values(times).every(Number.isSafeInteger)) return null;
  return { ...times, name, worker, codec, payload: body.subarray(end + 1) };
}
