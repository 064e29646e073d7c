import { describe, expect, it } from 'vitest';
import { findRuntime, resolveSearch } from './find-runtime.ts';
import { cachedServer, type FakeMachine, fakeMachine, versionScript } from './test-support/fake-machine.ts';

function find({ search, env }: FakeMachine, more: NodeJS.ProcessEnv = {}): Promise<unknown> {
  return findRuntime(resolveSearch({ ...search, env: { ...env, ...more } }));
}

async function withEverything(): Promise<FakeMachine> {
  const machine = await fakeMachine();
  await machine.install('redis-server', versionScript('7.0.15'));
  await machine.install('valkey-server', versionScript('8.1.0'));
  await machine.install(cachedServer(machine), versionScript('7.2.4'));
  await machine.install('docker', 'echo 27.0');
  return machine;
}

describe('the search for a Redis', () => {
  it('takes the program that Q_REDIS_BIN names before all others', async () => {
    const machine = await withEverything();
    const path = await machine.install(`${machine.folder}/named`, versionScript('7.4.0'));
    expect(await find(machine, { Q_REDIS_BIN: path })).toEqual({ kind: 'binary', path, version: '7.4.0' });
  });

  it('says that the program of Q_REDIS_BIN does not exist, and looks no further', async () => {
    const machine = await withEverything();
    await expect(find(machine, { Q_REDIS_BIN: '/no/redis' })).rejects.toMatchObject({
      message: 'Q_REDIS_BIN=/no/redis does not exist',
      exitCode: 1,
    });
  });

  it('takes valkey-server of PATH, then redis-server of PATH, then the cached one, then Docker', async () => {
    const machine = await fakeMachine();
    await machine.install('docker', 'echo 27.0');
    expect(await find(machine)).toEqual({ kind: 'docker', image: 'valkey/valkey:8-alpine' });
    const path = await machine.install(cachedServer(machine), versionScript('7.2.4'));
    expect(await find(machine)).toEqual({ kind: 'binary', path, version: '7.2.4' });
    await machine.install('redis-server', versionScript('7.0.15'));
    expect(await find(machine)).toMatchObject({ version: '7.0.15' });
    await machine.install('valkey-server', versionScript('8.1.0'));
    expect(await find(machine)).toMatchObject({ version: '8.1.0' });
  });

  it('also looks where package managers install when PATH does not lead there', async () => {
    const machine = await fakeMachine();
    const path = await machine.install(`${machine.folder}/elsewhere/redis-server`, versionScript('7.0.15'));
    const search = { ...machine.search, folders: [`${machine.folder}/elsewhere`] };
    expect(await findRuntime(resolveSearch(search))).toMatchObject({ path });
  });

  it('passes over a version that the protocol does not work on', async () => {
    const machine = await fakeMachine();
    const old = await machine.install('redis-server', versionScript('6.0.16'));
    await machine.install('docker', 'echo 27.0');
    expect(await find(machine)).toMatchObject({ kind: 'docker' });
    expect(machine.log).toEqual([`redis: ${old} is 6.0.16; at least 7.0 is needed, looking further`]);
  });

  it('passes over a program that does not start', async () => {
    const machine = await fakeMachine();
    await machine.install('redis-server', 'exit 127');
    await machine.install('docker', 'echo 27.0');
    expect(await find(machine)).toMatchObject({ kind: 'docker' });
  });

  it.each([
    ['system', { version: '8.1.0' }],
    ['apt', { version: '7.2.4' }],
    ['docker', { kind: 'docker' }],
  ])('takes only the step that Q_REDIS=%s names', async (choice, expected) => {
    expect(await find(await withEverything(), { Q_REDIS: choice })).toMatchObject(expected);
  });

  it('gives the remedies and exit code 69 when nothing is found, and at once with Q_REDIS=off', async () => {
    const hint =
      /^No Redis found\. Any one of these fixes it:\n[\s\S]*\nSet Q_REDIS=off to skip this search\.$/;
    const machine = await fakeMachine();
    await machine.install('docker', 'exit 1');
    await expect(find(machine)).rejects.toMatchObject({ message: expect.stringMatching(hint), exitCode: 69 });
    const full = await withEverything();
    await expect(find(full, { Q_REDIS: 'off' })).rejects.toMatchObject({
      code: 'REDIS_NOT_FOUND',
      exitCode: 69,
    });
  });

  it('refuses a value of Q_REDIS that it does not know', async () => {
    const said = 'Q_REDIS=podman is not one of system, apt, docker, off';
    await expect(find(await withEverything(), { Q_REDIS: 'podman' })).rejects.toThrow(said);
  });
});
