import { once } from 'node:events';
import { createServer } from 'node:net';
import { Line, type Target } from './line.ts';
import type { NetworkFault } from './network-fault.ts';
import type { Judge, SeenCommand, Verdict } from './verdict.ts';

/** A port of this machine that leads to a Redis, with everything that a network does to people. */
export interface FaultProxy extends AsyncDisposable {
  /** The target's own, database and credentials included, by way of this proxy. */
  readonly url: string;
  /** Connections that are open now. */
  readonly connections: number;
  /** From now on; `none` breaks the connections that have lost bytes, for nothing useful can follow on them. */
  setFault(fault: NetworkFault): void;
  /** Breaks every connection; new ones are let in. */
  cut(): void;
  /** Ends it and breaks what is open. Twice is fine. */
  stop(): Promise<void>;
}

export interface FaultProxyOptions {
  readonly target: { readonly url: string };
  /** Asked for each command, in the order in which they come. @default none; bytes go by unread */
  readonly judge?: Judge;
}

const loopback = '127.0.0.1';
const defaultPort = 6379;

export async function startFaultProxy({ target, judge }: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new LoopbackProxy(new URL(target.url), judge ?? null);
  await proxy.listen();
  return proxy;
}

class LoopbackProxy implements FaultProxy {
  readonly #url: URL;
  readonly #target: Target;
  readonly #judge: ((name: string) => Verdict) | null;
  readonly #lines = new Set<Line>();
  readonly #server = createServer((socket) => {
    if (this.#fault.kind === 'refused') return void socket.destroy();
    const line = new Line(socket, this.#target, { fault: () => this.#fault, judge: this.#judge });
    this.#lines.add(line);
    line.onClosed(() => this.#lines.delete(line));
  });
  #fault: NetworkFault = { kind: 'none' };

  constructor(target: URL, judge: Judge | null) {
    this.#url = new URL(target);
    this.#target = { host: target.hostname, port: Number(target.port || defaultPort) };
    this.#judge = judge === null ? null : counting(judge);
  }

  get url(): string {
    return this.#url.href;
  }

  get connections(): number {
    return this.#lines.size;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, loopback);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#url.host = `${loopback}:${address.port}`;
  }

  setFault(fault: NetworkFault): void {
    this.#fault = fault;
    switch (fault.kind) {
      case 'none':
        for (const line of this.#lines) if (line.hasLostBytes) line.cut();
        return;
      case 'half-open':
        for (const line of this.#lines) line.leaveHalfOpen();
        return;
      case 'refused':
        this.cut();
        return;
      case 'slow':
      case 'replies dropped':
      case 'black hole':
    }
  }

  cut(): void {
    for (const line of this.#lines) line.cut();
  }

  async stop(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function counting(judge: Judge): (name: string) => Verdict {
  const seen = new Map<string, number>();
  return (name) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const command: SeenCommand = { name, nth };
    return judge(command);
  };
}
