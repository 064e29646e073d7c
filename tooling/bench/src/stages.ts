import { Stage, type StageOptions } from './stage.ts';
import { findPostgresSource, openPostgresStore, type PostgresSource } from './stores/postgres-store.ts';
import { openRedisStore } from './stores/redis-store.ts';
import { factsOf, type SystemName } from './systems.ts';

export interface StagesOptions {
  readonly systems: readonly SystemName[];
  /** Folder for CPU profiles; `null` for none. */
  readonly profile: string | null;
  readonly log: (line: string) => void;
}

/** The stages of all systems that can be measured here. */
export class Stages implements AsyncDisposable {
  readonly all: readonly Stage[];

  private constructor(all: readonly Stage[]) {
    this.all = all;
  }

  static async open({ systems, profile, log }: StagesOptions): Promise<Stages> {
    const opened: Stage[] = [];
    try {
      const postgres = await findPostgresSource();
      for (const name of systems) {
        const stage = await openStage(name, { profile, postgres });
        if (stage === null)
          log(`${name} is left out: no PostgreSQL on the PATH, and no DATABASE_URL of this machine`);
        else opened.push(stage);
      }
      return new Stages(opened);
    } catch (error) {
      await new Stages(opened)[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stage of this.all) await stage[Symbol.asyncDispose]();
  }
}

/** `null` when there is no server of the kind that the system needs. */
export async function openStage(
  name: SystemName,
  {
    postgres,
    ...options
  }: Omit<StageOptions, 'name' | 'store'> & { readonly postgres: PostgresSource | null },
): Promise<Stage | null> {
  if (factsOf(name).store === 'redis') return Stage.open({ ...options, name, store: await openRedisStore() });
  if (postgres === null) return null;
  return Stage.open({ ...options, name, store: await openPostgresStore(postgres) });
}
