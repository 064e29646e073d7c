import { describe, expect, it } from 'vitest';
import { commandsOf } from './commands-of.ts';
import { expandIncludes } from './expand-includes.ts';
import { luaFolder } from './folders.ts';
import { generateCommands } from './generate-commands.ts';
import { scriptNames } from './generate-sources.ts';

function found(text: string): readonly string[] {
  return commandsOf(
    text.split('\n').map((line, index) => ({ text: line, file: 'x.lua', number: index + 1 })),
  );
}

describe('the commands of a script', () => {
  it('are those it calls, wherever it calls them', () => {
    expect(
      found(
        "if redis.call('HGET', KEYS[1], 'GET') then redis.pcall('DEL', KEYS[1]) end\nreturn redis.call('TIME')",
      ),
    ).toEqual(['del', 'hget', 'time']);
  });

  it('are those it hands to functions that perform them', () => {
    expect(
      found(
        "local function write_all(command, keys) return redis.call(command, keys) end\nwrite_all('HDEL', {})\nrare.write_it('ZADD', 1)",
      ),
    ).toEqual(['hdel', 'zadd']);
  });

  it('are no texts that only look like commands', () => {
    expect(found("local a = 'SET'\nstring.sub('GET', 1)\nread_it('OTHER')\nread_it('key')")).toEqual([]);
  });

  it('are told of every script that is sent', async () => {
    const text = await generateCommands(luaFolder);
    for (const name of await scriptNames(luaFolder)) {
      const commands = commandsOf(await expandIncludes(luaFolder, `${name}.lua`));
      expect(commands).toContain('time');
      expect(text).toContain(`  ${name}: '${commands.join(' ')}',\n`);
    }
  });
});
