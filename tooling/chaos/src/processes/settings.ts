import type { RedisAddress } from '@q/dev-redis';
import type { DefectName } from '../defects/defects.ts';

/** What the harness tells a process that it starts. */
export interface ChildSettings {
  readonly redis: RedisAddress;
  readonly queue: string;
  /** Folder of the ledgers. */
  readonly ledgers: string;
  /** Names the process in ledgers, and is the label of its worker. */
  readonly name: string;
  /** Planted in its scripts; `null` for none. */
  readonly defect: DefectName | null;
}

/** Whether an occurrence waits until the one before has ended. */
export type CronKind = 'unique' | 'overlapping';

export interface WorkerSettings extends ChildSettings {
  readonly concurrency: number;
  /** ms */
  readonly lease: number;
  /** ms */
  readonly gracePeriod: number;
  /** The schedule that it carries, `null` for none. */
  readonly cron: CronKind | null;
  /** Stands by, loaded, and joins when it is called. @default false */
  readonly standsBy?: boolean;
}

export interface ClientSettings extends ChildSettings {
  readonly scenario: string;
  /** The server itself, for looks that no fault may touch. */
  readonly directUrl: string;
  /** How long a result is waited for, ms. */
  readonly patience: number;
}

/** A producer of a storm: chunk after chunk of tasks, by the clock. */
export interface ProducerSettings extends ChildSettings {
  /** What its predecessors and successors have in common. */
  readonly seat: string;
  /** Begins every id. */
  readonly ids: string;
  readonly seed: number;
  readonly chunks: number;
  readonly chunkSize: number;
  /** ms between two chunks. */
  readonly interval: number;
  /** Epoch ms of the first chunk. */
  readonly beginAt: number;
  /** How long a result is waited for, ms. */
  readonly patience: number;
  /** How many replicas must have a task before it counts as acknowledged. */
  readonly replicas: number;
}

const variable = 'CHAOS_SETTINGS';

export function environmentOf(settings: ChildSettings): Record<string, string> {
  return { [variable]: JSON.stringify(settings) };
}

export function readWorkerSettings(): WorkerSettings {
  return JSON.parse(process.env[variable] ?? '{}');
}

export function readClientSettings(): ClientSettings {
  return JSON.parse(process.env[variable] ?? '{}');
}

export function readProducerSettings(): ProducerSettings {
  return JSON.parse(process.env[variable] ?? '{}');
}
