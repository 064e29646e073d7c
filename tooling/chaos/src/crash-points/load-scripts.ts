import { luaSources } from '@q/core/wire';
import { askServer } from '@q/dev-redis';
import { type DefectName, defectiveScript } from '../defects/defects.ts';

/** Makes scripts known to a server: otherwise whoever calls one first sends it twice, and commands are counted wrongly. */
export async function loadScripts(url: string, defects: readonly DefectName[] = []): Promise<void> {
  const all = [...Object.values(luaSources), ...defects.map(defectiveScript)];
  await askServer(url, async (redis) => {
    for (const { source } of all) await redis.script('LOAD', source);
  });
}
