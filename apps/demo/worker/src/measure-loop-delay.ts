import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 10;

/** Does the work, and tells for how many ms this process's event loop could not answer meanwhile, at the longest. */
export async function measureLoopDelay<Value>(
  work: () => Promise<Value>,
): Promise<{ value: Value; longestMs: number }> {
  const monitor = monitorEventLoopDelay({ resolution });
  monitor.enable();
  try {
    const value = await work();
    // The monitor's own interval is part of what it records.
    return { value, longestMs: Math.max(0, Math.round(monitor.max / 1e6) - resolution) };
  } finally {
    monitor.disable();
  }
}
