/** Thrown by dev-redis. `exitCode` is what a command line program should end with. */
export class DevRedisError extends Error {
  override readonly name = 'DevRedisError';
  readonly code:
    | 'REDIS_NOT_FOUND'
    | 'REDIS_UNREACHABLE'
    | 'REDIS_NOT_EMPTY'
    | 'REDIS_BINARY_MISSING'
    | 'REDIS_NOT_STARTED';
  readonly exitCode: number;

  constructor(code: DevRedisError['code'], message: string, exitCode: number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** sysexits' EX_UNAVAILABLE: a service that is needed is not there. */
export const exitUnavailable = 69;

const remedies: Readonly<Record<string, string>> = {
  darwin: '  macOS:   brew install valkey',
  linux: '  Debian:  sudo apt-get install redis-server',
};

/** What to do when every step of the search failed, with the remedy of this operating system. */
export function notFoundHint(platform: string): string {
  const remedy = remedies[platform];
  return [
    'No Redis found. Any one of these fixes it:',
    ...(remedy === undefined ? Object.values(remedies) : [remedy]),
    '  Docker:  docker run -p 6379:6379 valkey/valkey:8   then REDIS_URL=redis://127.0.0.1:6379',
    '  or:      npx redis-memory-server   (compiles Redis; needs make)',
    'Set Q_REDIS=off to skip this search.',
  ].join('\n');
}
