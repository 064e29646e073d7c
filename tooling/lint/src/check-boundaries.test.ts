import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './check-boundaries.ts';

function check(path: string, text: string): readonly string[] {
  return checkBoundaries([{ path, text }]);
}

describe('the boundaries', () => {
  it.each<[rule: string, path: string, text: string]>([
    ['client → worker', 'packages/client/src/a.ts', "import { x } from '@q/worker';"],
    ['client → croner', 'packages/client/src/a.ts', "import { Cron } from 'croner';"],
    ['client → croner, types only', 'packages/client/src/a.ts', "import type { Cron } from 'croner';"],
    ['client → croner, at run time', 'packages/client/src/a.ts', "const c = await import('croner');"],
    ['core → client', 'packages/core/src/a.ts', "export * from '@q/client/port';"],
    ['core → worker', 'packages/core/src/a.ts', "import '@q/worker';"],
    ['core → ioredis', 'packages/core/src/a.ts', "import {\n  Redis,\n} from 'ioredis';"],
    ['worker → a package that it does not have', 'packages/worker/src/a.ts', "import { z } from 'zod';"],
    [
      'a way around through a relative path',
      'packages/client/src/a.ts',
      "import { x } from '../../worker/src/x.ts';",
    ],
    ['the same in a test', 'packages/client/src/a.test.ts', "import { x } from '../../worker/src/x.ts';"],
    ['the own index.ts', 'packages/core/src/contract/a.ts', "import { task } from '../index.ts';"],
    ['the own index.ts in a test', 'packages/core/src/a.test.ts', "import { task } from './index.ts';"],
    ['the own package by name', 'packages/core/src/a.ts', "import { task } from '@q/core';"],
    ['ioredis outside a port', 'packages/client/src/enqueue.ts', "import type { Redis } from 'ioredis';"],
    ['a key spelled elsewhere', 'packages/worker/src/a.ts', `const key = \`q:{\${queue}}:due\`;`],
    ['a key spelled in a script', 'packages/core/src/lua/a.lua', "redis.call('GET', 'q:{x}:due')"],
    ['a key spelled in the demo', 'apps/demo/web/src/a.ts', "redis.get('q:{default}:due')"],
    ['a bucket', 'packages/core/src/utils.ts', ''],
    ['a bucket of tooling', 'tooling/testkit/src/helpers.ts', ''],
    ['a bucket of types', 'packages/client/src/types.ts', ''],
  ])('refuse %s', (_rule, path, text) => {
    expect(check(path, text).length).toBeGreaterThan(0);
  });

  it.each<[rule: string, path: string, text: string]>([
    [
      'worker → client, core, croner',
      'packages/worker/src/a.ts',
      "import '@q/client/port';\nimport '@q/core/wire';\nimport 'croner';",
    ],
    [
      'core → its libraries',
      'packages/core/src/a.ts',
      "import 'superjson';\nimport type { X } from '@standard-schema/spec';",
    ],
    ['a port → ioredis', 'packages/client/src/redis-port.ts', "import { Redis } from 'ioredis';"],
    ['a file of a port → ioredis', 'packages/client/src/redis-port/a.ts', "import { Redis } from 'ioredis';"],
    [
      'a test → any library',
      'packages/core/src/a.test.ts',
      "import { z } from 'zod';\nimport { Redis } from 'ioredis';",
    ],
    [
      'a type test → the own package by name',
      'packages/core/src/a.test-d.ts',
      "import { task } from '@q/core';",
    ],
    ['the speller of keys', 'packages/core/src/protocol/keys.ts', `return \`q:{\${queue}}:due\`;`],
    [
      'a message that speaks of a key',
      'packages/client/src/a.ts',
      `super(\`keys that begin with "q:{\${queue}}:"\`)`,
    ],
    ['a test that spells a key', 'packages/core/src/a.test.ts', "'q:{x}:due'"],
    ['node', 'packages/core/src/a.ts', "import { join } from 'node:path';"],
    ['packages of the demo', 'apps/demo/web/src/a.ts', "import { tasks } from '@q/demo-contracts';"],
  ])('allow %s', (_rule, path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it('say the file and the line', () => {
    expect(check('packages/client/src/a.ts', "const a = 1;\nimport { x } from '@q/worker';")).toEqual([
      'packages/client/src/a.ts:2: @q/client may import @q/core, ioredis and node:*, not @q/worker',
    ]);
  });
});
