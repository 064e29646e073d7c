import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';

/** The real path of a file of the folder. Whoever may enqueue must not read the rest of the disk. @throws Error for any other file. */
export async function requireInside(folder: string, file: string): Promise<string> {
  const path = await realpath(resolve(folder, file));
  const inside = relative(await realpath(folder), path);
  if (inside !== '..' && !inside.startsWith(`..${sep}`)) return path;
  throw new Error(`${file} is outside of the folder of this worker; name a file inside`);
}
