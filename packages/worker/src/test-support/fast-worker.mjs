// A worker of short tasks, claimed far ahead of its one slot. Sends { id, by, at } as each begins, before it ends.
// 'block' holds the event loop until the file BLOCK_UNTIL is there.
import { existsSync } from 'node:fs';
import { task } from '@q/core';
import { openAddressIn } from '@q/testkit/address';
import { createWorker } from '../../dist/index.js';

const { REDIS_ADDRESS, QUEUE, BLOCK_UNTIL } = process.env;
const opened = openAddressIn(REDIS_ADDRESS);
const worker = createWorker({
  redis: opened.redis,
  queue: QUEUE,
  concurrency: 1,
  prefetch: 200,
  lease: 1_500,
  logger: console,
});
const begun = (ctx) => process.send({ id: ctx.id, by: ctx.workerId, at: Date.now() });
worker.handle(task('short'), begun);
worker.handle(task('block'), (ctx) => {
  begun(ctx);
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !existsSync(BLOCK_UNTIL) && waited < 15_000; waited += 20)
    Atomics.wait(never, 0, 0, 20);
});
const running = await worker.start();
process.once(
  'SIGTERM',
  () =>
    void running.stop().then(() => {
      opened.close();
      process.disconnect();
    }),
);
