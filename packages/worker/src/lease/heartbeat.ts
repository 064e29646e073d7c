import { sharedNow } from './shared-clock.ts';

export interface HeartbeatParts {
  readonly every: number;
  /** Called after whatever arrived while the loop was busy has been handled. */
  readonly onBeat: () => void;
  /** The loop stood still for this many ms. */
  readonly onBlocked: (ms: number) => void;
}

export interface Heartbeat {
  /** A 32-bit counter that grows while the loop turns; other threads may read it. */
  readonly beats: SharedArrayBuffer;
  stop(): void;
}

/** Below this many ms a turn of the loop is nobody's fault in particular. */
const noticeable = 1_000;

/**
 * Shows other threads that the main loop turns, and the main loop when it did not. Never keeps the process
 * alive.
 */
export function startHeartbeat({ every, onBeat, onBlocked }: HeartbeatParts): Heartbeat {
  const beats = new SharedArrayBuffer(4);
  const counter = new Int32Array(beats);
  let lastAt = sharedNow();
  let isStopped = false;
  const timer = setInterval(() => {
    Atomics.add(counter, 0, 1);
    const late = sharedNow() - lastAt - every;
    lastAt = sharedNow();
    if (late > noticeable) onBlocked(Math.round(late));
    // Timers come before messages in a turn of the loop: the thread's answers of the meantime are still to be read.
    setImmediate(() => {
      if (!isStopped) onBeat();
    });
  }, every).unref();
  return {
    beats,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
