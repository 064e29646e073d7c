import type { Client } from '@q/client';
import type { Service } from './service.ts';

/** What a step works with. */
export interface Stage {
  readonly q: Client;
  readonly worker: Service;
  readonly webUrl: string;
  readonly folder: string;
  /** Prints a line below the title of the step. */
  readonly say: (line: string) => void;
}

/** One thing that the tour shows. */
export interface Step {
  readonly title: string;
  /** Rejects when what it shows is not what happens. */
  readonly show: (stage: Stage) => Promise<void>;
}
