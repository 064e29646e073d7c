import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cacheRoot } from './cache-folder.ts';
import { findRuntime, resolveSearch } from './find-runtime.ts';
import { startRedisServer } from './redis-server.ts';
import { cachedServer, type FakeMachine, fakeMachine, serverScript } from './test-support/fake-machine.ts';

/** A Debian whose archive is this machine: the downloaded package holds a program that starts the real server. */
async function debian(aptGet: string): Promise<FakeMachine> {
  const machine = await fakeMachine();
  await machine.install('dpkg-query', 'echo "ii |libc6|"');
  await machine.install('apt-cache', 'echo "Package: redis-tools\nDepends: libc6 (>= 2.34), libjemalloc2"');
  await machine.install('apt-get', aptGet);
  const server = (await serverScript()).replaceAll('"', '\\"').replaceAll('$', '\\$');
  const unpack = `mkdir -p "$3/usr/bin"\nprintf '%s\\n' '#!/bin/sh' "${server}" > "$3/usr/bin/redis-check-rdb"\nchmod +x "$3/usr/bin/redis-check-rdb"`;
  await machine.install('dpkg-deb', `[ "$1" = --version ] && exit 0\n${unpack}`);
  return machine;
}

const download = 'for last in "$@"; do :; done\n[ "$1" = download ] && touch "$last.deb"\nexit 0';
const linux = process.platform === 'linux';

describe.runIf(linux)("fetching Debian's redis", () => {
  it('puts a server that starts into the cache, and says so once', async () => {
    const machine = await debian(download);
    await using server = await startRedisServer(machine.search);
    expect(server.program).toBe(cachedServer(machine));
    expect(machine.log).toEqual([
      "redis: not found; fetching Debian's redis into ~/cache/q/redis (no root, about 7 MB)…",
    ]);
    await findRuntime(resolveSearch(machine.search));
    expect(machine.log).toHaveLength(1);
  });

  it('fetches what is needed and not installed, and nothing else', async () => {
    const machine = await debian(`echo "$@" >> "$HOME/apt.log"\n${download}`);
    await findRuntime(resolveSearch(machine.search));
    expect(await readFile(`${machine.folder}/apt.log`, 'utf8')).toMatch(
      /^download .*redis-tools libjemalloc2$/m,
    );
  });

  it('is safe when several processes do it at the same time, and leaves nothing half done behind', async () => {
    const machine = await debian(download);
    // One after the other, so that some begin while the first puts its server into its place.
    const searches = Array.from({ length: 12 }, (_, at) =>
      sleep(at * 12).then(() => findRuntime(resolveSearch(machine.search))),
    );
    const found = await Promise.all(searches);
    expect(new Set(found.map((runtime) => (runtime.kind === 'binary' ? runtime.path : '')))).toEqual(
      new Set([cachedServer(machine)]),
    );
    expect(await readdir(cacheRoot(machine.env))).toEqual([`${process.platform}-${process.arch}`]);
  });

  it('reads the lists of the archive itself when the machine has none', async () => {
    const withoutLists = `case "$*" in *Dir::State::lists=*) ;; *) echo "E: Unable to locate package" >&2; exit 100;; esac\n${download}`;
    const machine = await debian(`case "$1" in --version) exit 0;; esac\n${withoutLists}`);
    expect(await findRuntime(resolveSearch(machine.search))).toMatchObject({ path: cachedServer(machine) });
  });

  it('replaces a cached server that does not start', async () => {
    const machine = await debian(download);
    await machine.install(cachedServer(machine), 'exit 1');
    expect(await findRuntime(resolveSearch(machine.search))).toMatchObject({ path: cachedServer(machine) });
  });

  it('goes on to the next step when the archive cannot be reached', async () => {
    const machine = await debian(
      '[ "$1" = --version ] && exit 0\necho "E: Failed to fetch http://archive" >&2\nexit 100',
    );
    await machine.install('docker', 'echo 27.0');
    expect(await findRuntime(resolveSearch(machine.search))).toMatchObject({ kind: 'docker' });
    expect(machine.log[1]).toBe(
      'redis: fetching failed (E: Failed to fetch http://archive), looking further',
    );
  });
});
