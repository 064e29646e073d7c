import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GuardedCommand, GuardedProcess } from './guarded-process.ts';

const run = promisify(execFile);

/** What can run a server here. */
export type Runtime =
  | { readonly kind: 'binary'; readonly path: string; readonly version: string }
  | { readonly kind: 'docker'; readonly image: string };

/** One server that is to run: where it listens, where its data is, and its name among containers. */
export interface Place {
  readonly port: number;
  readonly dir: string;
  readonly name: string;
}

/** What stands on a server's command line beside its place. */
export interface Invocation {
  readonly args: readonly string[];
  /** A configuration file, which has to come first; `null` for none. */
  readonly config: string | null;
}

export const dockerImage = 'valkey/valkey:8-alpine';

/** The command that runs a server with `args` at `place`, in the foreground, logging to standard output. */
export function serverCommand(runtime: Runtime, place: Place, { args, config }: Invocation): GuardedCommand {
  const removeData = `rm -rf '${place.dir}'`;
  switch (runtime.kind) {
    case 'binary': {
      const where = ['--bind', '127.0.0.1', '--port', String(place.port), '--dir', place.dir];
      const bus = args.includes('--cluster-enabled') ? ['--cluster-port', String(place.port + 1)] : [];
      const file = config === null ? [] : [config];
      return { file: runtime.path, args: [...file, ...where, ...bus, ...args], onOrphaned: removeData };
    }
    case 'docker': {
      const published = `127.0.0.1:${place.port}:6379`;
      const options = ['run', '--rm', '--name', place.name, '-p', published, '-v', `${place.dir}:/data`];
      const server = ['valkey-server', '--port', '6379', '--protected-mode', 'no', '--dir', '/data', ...args];
      const onOrphaned = `docker rm -f ${place.name}; ${removeData}`;
      return { file: 'docker', args: [...options, runtime.image, ...server], onOrphaned };
    }
  }
}

/** Sends a signal to a server that {@link serverCommand} started. */
export async function signalServer(
  runtime: Runtime,
  place: Place,
  server: GuardedProcess,
  signal: NodeJS.Signals,
): Promise<void> {
  switch (runtime.kind) {
    case 'binary':
      process.kill(server.pid, signal);
      return;
    case 'docker':
      await run('docker', dockerSignal(place.name, signal));
  }
}

function dockerSignal(name: string, signal: NodeJS.Signals): string[] {
  if (signal === 'SIGSTOP') return ['pause', name];
  if (signal === 'SIGCONT') return ['unpause', name];
  return ['kill', '--signal', signal, name];
}

/** Whether a Docker engine answers. */
export function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000, env }).then(
    () => true,
    () => false,
  );
}

/** A runtime in words, for messages. */
export function describeRuntime(runtime: Runtime): string {
  switch (runtime.kind) {
    case 'binary':
      return runtime.path;
    case 'docker':
      return `docker ${runtime.image}`;
  }
}
