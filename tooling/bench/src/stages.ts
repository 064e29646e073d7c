import { Stage, type StageOptions } from './stage.ts';
import { findPostgresSource, openPostgresStore, type PostgresSource } from './stores/postgres-store.ts';
import { openRedisStore } from './stores/redis-store.ts';
import { factsOf, type SystemName } from './systems.ts';

export interface StagesOptions {
  readonly systems: readonly SystemName[];
  /** Folder for CPU profiles; `null` for none. */
  readonly profile: string | null;
}

const noPostgres = 'not measured: no PostgreSQL on the PATH, and no DATABASE_URL of this machine';

/** The stages of all systems that can be measured here. */
export class Stages implements AsyncDisposable {
  readonly all: readonly Stage[];
  /** Systems that cannot be measured here, and why. */
  readonly absent: Readonly<Record<string, string>>;

  private constructor(all: readonly Stage[], absent: Readonly<Record<string, string>>) {
    this.all = all;
    this.absent = absent;
  }

  static async open({ systems, profile }: StagesOptions): Promise<Stages> {
    const opened: Stage[] = [];
    const absent: Record<string, string> = {};
    try {
      const postgres = await findPostgresSource();
      for (const name of systems) {
        const stage = await openStage(name, { profile, postgres });
        if (stage === null) absent[name] = noPostgres;
        else opened.push(stage);
      }
      return new Stages(opened, absent);
    } catch (error) {
      await new Stages(opened, absent)[Symbol.asyncDispose]();
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
