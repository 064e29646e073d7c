import { HungError } from './mishap.ts';
import type { Part } from './part.ts';

/** Ms without any task after which no more will come. */
const silence = 10_000;

/** Counts the tasks that a worker process runs. */
export interface Arrivals {
  /** Resolves when `count` more tasks have run; rejects with {@link HungError} when they stop coming. */
  take(count: number): Promise<void>;
  end(): void;
}

export function arrivalsAt(worker: Part): Arrivals {
  let handled = 0;
  let wanted = 0;
  let onArrival: () => void = () => undefined;
  worker.onProgress((progress) => {
    handled = progress.handled;
    onArrival();
  });
  return {
    take: (count) => {
      wanted += count;
      return new Promise((resolve, reject) => {
        const late = (): void =>
          reject(new HungError(`${handled} of ${wanted} tasks ran, then none for ${silence} ms`));
        const limit = setTimeout(late, silence);
        onArrival = () => {
          limit.refresh();
          if (handled < wanted) return;
          clearTimeout(limit);
          resolve();
        };
        onArrival();
      });
    },
    end: () => worker.onProgress(undefined),
  };
}
