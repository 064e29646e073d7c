import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Made by tools, not written. */
const madeByTools: ReadonlySet<string> = new Set(['node_modules', 'dist']);
const most = 20_000;

/** Names of the files below a folder, relative to it: no hidden ones, no links, and 20,000 at most. */
export async function listFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let at = folders.pop(); at !== undefined && found.length < most; at = folders.pop()) {
    for (const entry of await readdir(join(folder, at), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || madeByTools.has(entry.name)) continue;
      if (entry.isDirectory()) folders.push(join(at, entry.name));
      if (entry.isFile()) found.push(join(at, entry.name));
    }
  }
  return found.slice(0, most);
}
