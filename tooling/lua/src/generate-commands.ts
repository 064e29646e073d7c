import { commandsOf } from './commands-of.ts';
import { expandIncludes } from './expand-includes.ts';
import { propertyName, scriptNames } from './generate-sources.ts';

/** The text of the TypeScript module that says which Redis commands each script of `folder` calls. */
export async function generateCommands(folder: string): Promise<string> {
  const names = await scriptNames(folder);
  const entries = await Promise.all(
    names.map(async (name) => {
      const commands = commandsOf(await expandIncludes(folder, `${name}.lua`));
      return `  ${propertyName(name)}: '${commands.join(' ')}',`;
    }),
  );
  return [
    '// Generated from the .lua files by `pnpm lua`; change those and run it again.',
    "import type { luaSources } from './sources.gen.ts';",
    '',
    '/** The Redis commands that each script calls, divided by spaces. */',
    'export const luaCommands: Readonly<Record<keyof typeof luaSources, string>> = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}
