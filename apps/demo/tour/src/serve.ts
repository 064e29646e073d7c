import type { DemoArguments } from './demo-arguments.ts';
import { startSystem } from './system.ts';
import { whenAborted } from './when-aborted.ts';

/** Keeps web backend and worker up until the signal aborts. @throws TourError when one of them ends by itself. */
export async function serveUntilStopped({ folder, port }: DemoArguments, signal: AbortSignal): Promise<void> {
  const onLine = (line: string): void => console.log(line);
  const system = await startSystem({ folder, port, cron: '0 * * * * *', onLine });
  console.log(`\nopen ${system.webUrl} to enqueue and watch tasks; Ctrl-C ends it\n`);
  try {
    await Promise.race([whenAborted(signal), system.worker.died, system.web.died]);
  } catch (error) {
    await system.stop().catch(() => undefined);
    throw error;
  }
  await system.stop();
  console.log('stopped: worker and web backend ended with exit code 0');
}
