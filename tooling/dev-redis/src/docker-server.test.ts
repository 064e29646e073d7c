import { once } from 'node:events';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from './redis-server.ts';
import { fakeMachine, realServer } from './test-support/fake-machine.ts';

/** A `docker` that runs the image's server on this machine instead, and knows one container. */
async function docker(folder: string): Promise<string> {
  return `
cd '${folder}'
case "$1" in
  version) echo 27.0 ;;
  run)
    echo "$@" > run.log
    shift 4
    port=\${2#127.0.0.1:}; port=\${port%:6379}
    data=\${4%:/data}
    shift 6
    for given do
      shift
      [ "$given" = /data ] && given=$data
      set -- "$@" "$given"
    done
    echo $$ > pid
    exec '${await realServer()}' "$@" --port "$port" ;;
  kill) kill -s "\${3#SIG}" "$(cat pid)" ;;
  pause) kill -s STOP "$(cat pid)" ;;
  unpause) kill -s CONT "$(cat pid)" ;;
esac`;
}

describe('a server in a container', () => {
  it('is reachable from this machine only, frozen, restarted and stopped like any other', async () => {
    const machine = await fakeMachine();
    await machine.install('docker', await docker(machine.folder));
    const path = process.env['PATH'];
    process.env['PATH'] = `${machine.env['PATH']}:${path}`; // docker is started by name
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    const server = await startRedisServer({ ...machine.search, persistence: 'aof' });
    onTestFinished(() => server.stop());
    expect(server.program).toBe('docker valkey/valkey:8-alpine');
    expect(server.version).toMatch(/^\d+\.\d+\.\d+$/);
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    await redis.set('k', 'v');
    await server.pause();
    await server.resume();
    await server.restart();
    expect(await redis.get('k')).toBe('v');
    const closed = once(redis, 'close');
    redis.on('error', () => undefined);
    await server.stop();
    await closed;
  });
});
