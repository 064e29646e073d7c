import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenToStopSignals, type SignalSource } from './stop-signals.ts';

class FakeProcess extends EventEmitter implements SignalSource {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('stop signals', () => {
  it.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGINT', 130],
  ])('%s stops the worker, %s after it ends the process with %i', (first, second, code) => {
    const source = new FakeProcess();
    const stops: string[] = [];
    listenToStopSignals(source, (signal) => stops.push(signal));
    source.emit(first);
    expect([stops, source.exits]).toEqual([[first], []]);
    source.emit(second);
    expect([stops, source.exits]).toEqual([[first], [code]]);
  });

  it('leave nothing behind', () => {
    const source = new FakeProcess();
    listenToStopSignals(source, () => undefined)();
    expect(source.eventNames()).toEqual([]);
  });
});
