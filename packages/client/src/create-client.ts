import {
  type AnyCall,
  type AnyTask,
  type CallOf,
  ConfigError,
  type TaskRef,
  task,
  type UnknownTask,
} from '@q/core';
import { isTask, requireTaskId, shown } from '@q/core/wire';
import { abortTask } from './abort.ts';
import { type Builder, createBuilder } from './builder.ts';
import type { Client } from './client.ts';
import {
  type CallOptions,
  type ClientOptions,
  resolveCallOptions,
  resolveClientOptions,
} from './client-options.ts';
import { prepare, sendCall, sendMany } from './enqueue.ts';
import { createHandle, readStatus } from './handle.ts';
import { openRedisPort } from './redis-port/open-redis-port.ts';
import type { RedisPort } from './redis-port.ts';
import { createSession, type Session } from './session.ts';

/**
 * A client of one queue: `await using q = createClient({ redis: 'redis://localhost:6379' })`. It connects when it is
 * used first, with one connection, and a second one from the first wait for a result on.
 *
 * @throws ConfigError for a missing, unknown or bad option.
 */
export function createClient(options: ClientOptions): Client {
  const { redis, queue, ...callOptions } = resolveClientOptions(options);
  const port = openRedisPort({ redis, queue, purpose: 'client' });
  return clientOf(createSession(port, callOptions), () => port.close());
}

/** A client on a connection that somebody else owns and closes. @throws ConfigError */
export function createClientOn(port: RedisPort, options: CallOptions = {}): Client {
  return clientOf(createSession(port, resolveCallOptions(options)), () => Promise.resolve());
}

function clientOf(session: Session, closeConnection: () => Promise<void>): Client {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= session.close().then(closeConnection);
    return closing;
  };
  return Object.freeze<Client>({
    queue: session.queue,
    enqueue: (given, ...args) => builderOf(session, requireTask(given), args),
    enqueueUnsafe: (name, ...args) =>
      builderOf<UnknownTask>(session, task<(...args: unknown[]) => unknown>(name), args),
    send: async (call) => sendCall(session, requireCall(call)),
    enqueueMany: async (calls) => sendMany(session, requireCalls(calls)),
    handle: (given, id) =>
      createHandle(session, { task: requireTask(given), id: requireTaskId(id), duplicate: false }),
    status: async (ref) => readStatus(session, idOf(ref)),
    abort: async (ref, options = {}) => abortTask(session, idOf(ref), options),
    close,
    [Symbol.asyncDispose]: close,
  });
}

function builderOf<Given extends AnyTask>(
  session: Session,
  given: Given,
  args: readonly unknown[],
): Builder<Given> {
  return createBuilder(session, prepare(session, given, args));
}

function idOf(ref: TaskRef): string {
  if (typeof ref === 'string') return requireTaskId(ref);
  if (typeof ref === 'object' && ref !== null) return requireTaskId(ref.id);
  throw new ConfigError(`a task is named by its id or its handle; got ${shown(ref)}`);
}

function requireTask<Given extends AnyTask>(given: Given): Given {
  if (isTask(given)) return given;
  throw new ConfigError(`what is enqueued must be a task made by task(); got ${shown(given)}`);
}

function requireCall<Given extends AnyTask>(call: CallOf<Given>): CallOf<Given> {
  if (typeof call === 'object' && call !== null && call.kind === 'call' && isTask(call.task)) return call;
  throw new ConfigError(`what is sent must be a call made by call(); got ${shown(call)}`);
}

function requireCalls<Calls extends readonly AnyCall[]>(calls: Calls): Calls {
  if (!Array.isArray(calls))
    throw new ConfigError(`enqueueMany() needs a list of calls made by call(); got ${shown(calls)}`);
  for (const call of calls) requireCall(call);
  return calls;
}
