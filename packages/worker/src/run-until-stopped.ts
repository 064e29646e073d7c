import type { Lifecycle } from './lifecycle.ts';
import { listenToStopSignals, type SignalSource } from './stop-signals.ts';

/** What comes after `run()` in the program has this long before handlers that were given up are ended with the process, ms. */
const afterwards = 250;

export interface EndableProcess extends SignalSource {
  exitCode?: number | string | null | undefined;
}

/** Starts, waits for a signal, stops. */
export async function runUntilStopped(lifecycle: Lifecycle, source: EndableProcess): Promise<void> {
  let isStarted = false;
  let isStopping = false;
  const unlisten = listenToStopSignals(source, () => {
    isStopping = true;
    if (isStarted) void lifecycle.stop();
    else lifecycle.cancelStart();
  });
  try {
    await lifecycle.start();
    isStarted = true;
    if (isStopping) await lifecycle.stop();
    await lifecycle.done;
    // Their code cannot be ended by itself, and would keep a process alive that has nothing to do any more.
    if (lifecycle.openRuns > 0)
      setTimeout(() => source.exit(Number(source.exitCode ?? 0)), afterwards).unref();
  } catch (error) {
    if (isStarted || !isStopping) throw error;
  } finally {
    unlisten();
  }
}
