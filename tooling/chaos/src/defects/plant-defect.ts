import { luaSources } from '@q/core/wire';
import { type DefectName, defectiveScript } from './defects.ts';

/** Replaces a script of this process by one with a mistake in it, for good. */
export function plantDefect(name: DefectName): void {
  const { script, source, sha1 } = defectiveScript(name);
  Object.assign(luaSources, { [script]: { source, sha1 } });
}
