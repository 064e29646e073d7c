/** As much of `process` as is used. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  exit(code: number): unknown;
}

type StopSignal = 'SIGTERM' | 'SIGINT';

const exitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Calls `onFirst` for the first SIGTERM or SIGINT; the second ends the process at once with 143 or 130. Answers how to stop listening. */
export function listenToStopSignals(source: SignalSource, onFirst: (signal: StopSignal) => void): () => void {
  let isStopping = false;
  const listenerOf = (signal: StopSignal) => () => {
    if (isStopping) {
      source.exit(exitCodes[signal]);
      return;
    }
    isStopping = true;
    onFirst(signal);
  };
  const onTerm = listenerOf('SIGTERM');
  const onInt = listenerOf('SIGINT');
  source.on('SIGTERM', onTerm);
  source.on('SIGINT', onInt);
  return () => {
    source.off('SIGTERM', onTerm);
    source.off('SIGINT', onInt);
  };
}
