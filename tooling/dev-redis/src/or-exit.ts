import { DevRedisError } from './errors.ts';

/** Waits for `work`; when there is no Redis, writes the remedy to standard error and ends the process with its exit code. */
export async function orExit<Value>(work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => {
    if (!(error instanceof DevRedisError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(error.exitCode);
  });
}
