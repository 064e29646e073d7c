import { connect, type Socket } from 'node:net';
import { commandNameOf } from './command-name.ts';
import type { NetworkFault } from './network-fault.ts';
import { OrderedDelay } from './ordered-delay.ts';
import { FrameReader } from './resp-frames.ts';
import { pass, type Verdict } from './verdict.ts';

/** What a line asks of its proxy at every byte that comes by. */
export interface LineRules {
  readonly fault: () => NetworkFault;
  /** `null` while nobody wants to see commands: bytes then go by unread. */
  readonly judge: ((name: string) => Verdict) | null;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

const subscribing = new Set(['subscribe', 'psubscribe', 'ssubscribe']);

/** One client connection and the connection to Redis that goes with it. */
export class Line {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #rules: LineRules;
  readonly #requests = new FrameReader();
  readonly #replies = new FrameReader();
  /** What is to be done with each reply that Redis still owes, in order. */
  readonly #owed: Verdict[] = [];
  #isSubscribed = false;
  #hasLostBytes = false;
  readonly #toFar = new OrderedDelay();
  readonly #toNear = new OrderedDelay();

  constructor(near: Socket, target: Target, rules: LineRules) {
    this.#near = near.setNoDelay(true);
    this.#far = connect({ ...target, noDelay: true });
    this.#rules = rules;
    near.on('data', (bytes) => this.#onRequest(bytes));
    this.#far.on('data', (bytes) => this.#onReply(bytes));
    near.on('error', () => this.#far.destroy()).on('close', () => this.#far.destroy());
    this.#far.on('error', () => this.#onFarGone()).on('close', () => this.#onFarGone());
  }

  get hasLostBytes(): boolean {
    return this.#hasLostBytes;
  }

  onClosed(listener: () => void): void {
    this.#near.on('close', listener);
  }

  cut(): void {
    this.#near.destroy();
    this.#far.destroy();
  }

  /** The client is not told that the other end has gone. */
  leaveHalfOpen(): void {
    this.#hasLostBytes = true;
    this.#far.destroy();
  }

  #onFarGone(): void {
    if (this.#rules.fault().kind === 'half-open' || this.#rules.fault().kind === 'black hole') {
      this.#hasLostBytes = true;
      return;
    }
    this.#near.destroy();
  }

  #onRequest(bytes: Buffer): void {
    if (this.#losesRequests()) return;
    const { judge } = this.#rules;
    if (judge === null) {
      this.#passOn(bytes);
      return;
    }
    for (const frame of this.#requests.read(bytes)) {
      if (this.#losesRequests()) return;
      const name = commandNameOf(frame);
      this.#treat(frame, name, judge(name));
    }
  }

  #losesRequests(): boolean {
    const { kind } = this.#rules.fault();
    const isLost = kind === 'black hole' || kind === 'half-open';
    if (isLost) this.#hasLostBytes = true;
    return isLost;
  }

  #treat(frame: Buffer, name: string, verdict: Verdict): void {
    if (verdict.kind === 'swallow') {
      this.#hasLostBytes = true;
      return;
    }
    if (subscribing.has(name) && verdict.kind === 'pass') this.#isSubscribed = true;
    else this.#owed.push(verdict);
    if (verdict.kind === 'refuse') this.#answerRefused();
    else this.#passOn(frame);
  }

  #passOn(bytes: Buffer): void {
    this.#toFar.pass(this.#delay(), () => this.#far.write(bytes));
  }

  #onReply(bytes: Buffer): void {
    const { kind } = this.#rules.fault();
    if (kind === 'black hole' || kind === 'half-open' || kind === 'replies dropped') {
      this.#hasLostBytes = true;
      return;
    }
    if (this.#rules.judge === null) {
      this.#handBack(bytes);
      return;
    }
    for (const frame of this.#replies.read(bytes)) this.#matchReply(frame);
  }

  #matchReply(frame: Buffer): void {
    // What a subscriber is sent answers no command; a push of RESP 3 never does.
    const isMessage = frame[0] === 62 || (this.#isSubscribed && this.#owed.length === 0);
    const verdict = isMessage ? pass : (this.#owed.shift() ?? pass);
    switch (verdict.kind) {
      case 'lose reply':
        this.cut();
        return;
      case 'withhold reply':
        this.#hasLostBytes = true;
        verdict.onReply();
        return;
      case 'pass':
        this.#handBack(frame);
        this.#answerRefused();
        return;
      case 'refuse':
      case 'swallow':
        throw new Error(`a reply came for a command that was not sent on (${verdict.kind})`);
    }
  }

  /** Those that stand next in the order of replies. */
  #answerRefused(): void {
    for (let next = this.#owed[0]; next?.kind === 'refuse'; next = this.#owed[0]) {
      this.#owed.shift();
      this.#handBack(Buffer.from(`-${next.error}\r\n`));
    }
  }

  #handBack(bytes: Buffer): void {
    this.#toNear.pass(this.#delay(), () => this.#near.write(bytes));
  }

  #delay(): number {
    const fault = this.#rules.fault();
    return fault.kind === 'slow' ? fault.delay : 0;
  }
}
