import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program in a process of its own that gets only what all others leave of the processors, and answers whether it
 * ended with 0. It ends by itself: nobody ends it.
 */
export async function inBackground(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  // At once, so that the processes which it starts are as patient.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const [code] = await exited;
  return code === 0;
}
