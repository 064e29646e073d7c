// A process that does nothing but have its lease renewed by a thread: it must end by itself.
import { SupervisedThread } from '../../dist/lease/supervised-thread.js';

const { connection, renewal } = JSON.parse(process.env.LEASE_ORDER);
const order = {
  connection,
  renewal,
  queue: 'test',
  worker: 'w~1',
  lease: 300,
  connectionName: 'q:lease:test',
  interval: 100,
  maxBlock: 60_000,
  beats: new SharedArrayBuffer(4),
  board: new SharedArrayBuffer(4),
};
await new Promise((resolve) => {
  const hold = setTimeout(() => {}, 60_000);
  const thread = new SupervisedThread({
    module: new URL('../../dist/lease/lease-thread.js', import.meta.url),
    order,
    onReport: (report) => {
      console.log(report.kind);
      clearTimeout(hold);
      resolve();
    },
    onCrash: (error) => console.error(error),
  });
  void thread.start();
});
