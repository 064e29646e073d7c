import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SourceLine } from './expand-includes.ts';
import { expandIncludes } from './expand-includes.ts';
import { luaFolder } from './folders.ts';
import { generateSources, scriptNames } from './generate-sources.ts';
import { stripSource } from './strip-source.ts';

function lines(text: string): readonly SourceLine[] {
  return text.split('\n').map((line, index) => ({ text: line, file: 'x.lua', number: index + 1 }));
}

describe('stripping a script', () => {
  it('takes comments, blank lines and indentation away', () => {
    expect(stripSource(lines('-- why\n\nif a then -- so\n  --[[ long\n comment ]] b()\nend'))).toBe(
      'if a then\nb()\nend',
    );
  });

  it('keeps what only looks like a comment', () => {
    expect(stripSource(lines('local a = \'--no\' .. "  -- no "\nreturn a--yes'))).toBe(
      'local a = \'--no\' .. "  -- no "\nreturn a',
    );
  });

  it('does not join words that only a comment parts', () => {
    expect(stripSource(lines('return--[[x]]a'))).toBe('return a');
  });

  it('refuses a string that goes over the end of a line', () => {
    expect(() => stripSource(lines('local a = [[\n  x\n]]'))).toThrow('keep strings on one line');
  });

  it('says where the syntax is broken', () => {
    expect(() => stripSource(lines('local a = 1\nlocal = 2'))).toThrow('x.lua:2:');
  });
});

describe('the generated sources', () => {
  it('hold every script with the name that Redis gives it', async () => {
    const text = await generateSources(luaFolder);
    for (const name of await scriptNames(luaFolder)) {
      const source = stripSource(await expandIncludes(luaFolder, `${name}.lua`));
      expect(text).toContain(`${name}: {\n    sha1: '${createHash('sha1').update(source).digest('hex')}'`);
    }
  });
});
