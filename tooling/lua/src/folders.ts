import { fileURLToPath } from 'node:url';

/** Where the scripts of @q/core are, from the source of this file and from its build alike. */
export const luaFolder: string = fileURLToPath(new URL('../../../packages/core/src/lua', import.meta.url));
export const sourcesFile: string = `${luaFolder}/sources.gen.ts`;
export const commandsFile: string = `${luaFolder}/commands.gen.ts`;
