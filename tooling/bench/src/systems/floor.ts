import { createFloorProducer } from '../floor/floor-producer.ts';
import { startFloorWorker } from '../floor/floor-worker.ts';
import type { System } from '../system.ts';

/**
 * The least that a durable at-least-once queue can do: a list, a hash of owners, a body that its result replaces, one
 * script call to send and one to settle and claim. No options, no context, no errors, no recovery: nobody can use it.
 */
export const floor: System = { openProducer: createFloorProducer, openWorker: startFloorWorker };
