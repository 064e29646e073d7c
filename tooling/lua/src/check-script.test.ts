import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkFolder, checkScript } from './check-script.ts';
import { luaFolder } from './folders.ts';

interface Parts {
  readonly header?: string;
  readonly functions?: string;
  readonly validate?: string;
  readonly read?: string;
  readonly write?: string;
  readonly fragment?: string;
  /** Instead of all other parts. */
  readonly whole?: string;
}

const goodHeader =
  '-- sample: does a thing.\n--\n-- KEYS[1] running  hash\n-- ARGV[1] ms\n--\n-- replies { now }\n';

async function check(parts: Parts): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'q-lua-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'fragments'));
  if (parts.fragment !== undefined) await writeFile(join(folder, 'fragments', 'part.lua'), parts.fragment);
  const { header = goodHeader, functions = '', validate = '', read = '', write = '' } = parts;
  const text =
    parts.whole ?? `${header}${functions}\n-- validate\n${validate}\n-- read\n${read}\n-- write\n${write}\n`;
  await writeFile(join(folder, 'sample.lua'), text);
  return (await checkScript(folder, 'sample')).map(
    ({ file, line, message }) => `${file}:${line}: ${message}`,
  );
}

const good: Parts = {
  functions:
    "local function read_it() return redis.call('GET', KEYS[1]) end\nlocal function write_it() redis.call('DEL', KEYS[1]) end",
  validate: 'local at = tonumber(ARGV[1])',
  read: "local now = redis.call('TIME')\nlocal it = read_it()",
  write: "redis.call('SET', KEYS[1], at)\nwrite_it()\nreturn { now, it }",
};

describe('the check of the Lua scripts', () => {
  it('accepts every script of @q/core', async () => {
    expect(await checkFolder(luaFolder)).toEqual([]);
  });

  it('accepts a script that validates, reads, and then writes', async () => {
    expect(await check(good)).toEqual([]);
  });

  it.each<[rule: string, parts: Parts, said: RegExp]>([
    [
      'a write in the reading part',
      { read: "redis.call('SET', KEYS[1], 1)" },
      /SET writes before "-- write"/,
    ],
    [
      'a write while validating',
      { validate: "redis.call('SET', KEYS[1], 1)" },
      /SET writes before "-- write"/,
    ],
    ['a write through pcall', { read: "redis.pcall('SET', KEYS[1], 1)" }, /SET writes before/],
    ['a publish in the reading part', { read: "redis.call('PUBLISH', 'c', 1)" }, /PUBLISH writes before/],
    [
      'a publish in a shard in the reading part',
      { read: "redis.call('SPUBLISH', 'c', 1)" },
      /SPUBLISH writes before/,
    ],
    [
      'a read after the first write',
      { write: "return redis.call('GET', KEYS[1])" },
      /GET reads after "-- write"/,
    ],
    [
      'a read in a loop after the first write',
      { write: "for i = 1, 2 do redis.call('GET', KEYS[1]) end" },
      /GET reads after/,
    ],
    ['a read while validating', { validate: "redis.call('TIME')" }, /TIME reads before "-- read"/],
    [
      'a writer of a table called too early',
      { functions: `${good.functions}\nlocal rare = { write_it = write_it }`, read: 'rare.write_it()' },
      /write_it writes before "-- write"/,
    ],
    [
      'a writer of a table that a function answers, called too early',
      {
        functions: `${good.functions}\nlocal function rare() return { write_it = write_it } end`,
        read: 'rare().write_it()',
      },
      /write_it writes before "-- write"/,
    ],
    [
      'a writer in a table under the name of a reader',
      { functions: `${good.functions}\nlocal rare = { read_it = write_it }` },
      /write_it under another name/,
    ],
    [
      'a writer under another name',
      { functions: `${good.functions}\nlocal it = write_it` },
      /write_it under another name/,
    ],
    [
      'a writer called too early',
      { functions: good.functions ?? '', read: 'write_it()' },
      /write_it writes before/,
    ],
    [
      'a reader called too late',
      { functions: good.functions ?? '', write: 'return read_it()' },
      /read_it reads after/,
    ],
    [
      'a write in a reader',
      { functions: "local function read_x() redis.call('DEL', 'a') end" },
      /DEL writes inside a read_/,
    ],
    [
      'a read in a writer',
      { functions: "local function write_x() redis.call('GET', 'a') end" },
      /GET reads inside a write_/,
    ],
    [
      'a reader called by a writer',
      { functions: `${good.functions}\nlocal function write_x() read_it() end` },
      /read_it reads inside a write_/,
    ],
    [
      'a command in a function of another name',
      { functions: "local function other() redis.call('GET', 'a') end" },
      /GET reads inside a function that is not/,
    ],
    [
      'a writer called by a function of another name',
      { functions: `${good.functions}\nlocal function other() write_it() end` },
      /write_it writes inside a function that/,
    ],
    [
      'a command in an unnamed function',
      { functions: "local t = { f = function() redis.call('DEL', 'a') end }" },
      /DEL writes inside a function/,
    ],
    [
      'a computed command outside readers and writers',
      { read: "local c = 'G'\nredis.call(c .. 'ET', 'a')" },
      /computed name outside/,
    ],
    [
      'a read command handed to a writer',
      { functions: 'local function write_any(c) redis.call(c, KEYS[1]) end', write: "write_any('GET')" },
      /given GET, which is no write/,
    ],
    ['an unknown command', { read: "redis.call('NONSENSE')" }, /NONSENSE is not in the table/],
    ['redis.call under another name', { read: 'local call = redis.call' }, /under another name/],
    ['redis.call handed to pcall', { read: "pcall(redis.call, 'GET', KEYS[1])" }, /handed to a function/],
    ['unpack without bounds', { write: "redis.call('DEL', unpack(KEYS))" }, /unpack without bounds/],
    ['an undeclared name', { read: 'local a = misspelled' }, /"misspelled" is not declared/],
    [
      'a fragment that breaks the rule',
      {
        header: `${goodHeader}-- @include fragments/part.lua\n`,
        fragment: "\nlocal function read_x() redis.call('DEL', 'a') end",
      },
      /^fragments\/part\.lua:2: DEL writes inside/,
    ],
    ['a missing fragment', { header: `${goodHeader}-- @include fragments/part.lua\n` }, /ENOENT/],
    ['broken syntax', { read: 'local = 3' }, /^sample\.lua:11: .*near '='|<name> expected/],
    [
      'a gap in the listed keys',
      { header: goodHeader.replace('KEYS[1]', 'KEYS[2]') },
      /lists KEYS\[2\] where KEYS\[1\]/,
    ],
    [
      'a key that is used and not listed',
      { read: "redis.call('GET', KEYS[2])" },
      /KEYS\[2\] is used and not listed/,
    ],
    [
      'an argument that is used and not listed',
      { read: 'local a = ARGV[3]' },
      /ARGV\[3\] is used and not listed/,
    ],
    ['a header without replies', { header: goodHeader.replace('replies', 'answers') }, /no "-- replies/],
    [
      'a header of another name',
      { header: goodHeader.replace('sample', 'other') },
      /must begin "-- sample: "/,
    ],
    ['a marker that is there twice', { validate: '-- read' }, /"-- read" is there 2 times/],
    ['a missing marker', { whole: `${goodHeader}\n-- validate\n-- read` }, /"-- write" is there 0 times/],
    [
      'markers in another order',
      { whole: `${goodHeader}\n-- read\n-- validate\n-- write` },
      /in the order validate, read, write/,
    ],
  ])('refuses %s', async (_rule, parts, said) => {
    const found = await check(parts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  it('lets a line break the order when it, or the line above, gives a reason', async () => {
    const read = "redis.call('GET', KEYS[1])";
    expect(await check({ write: `${read} -- order: the value was not written` })).toEqual([]);
    expect(await check({ write: `-- order: the value was not written\n${read}` })).toEqual([]);
    expect(await check({ write: `${read} -- order:` })).toHaveLength(1);
    expect(await check({ write: `local s = '' -- order: too far away\n\n${read}` })).toHaveLength(1);
  });
});
