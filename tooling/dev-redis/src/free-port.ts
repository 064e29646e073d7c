import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections: a client that keeps trying
// to reach a stopped server there could otherwise be handed its own port and talk to itself.
const firstPort = 15_000;
const lastPort = 32_000;
const attempts = 50;

/**
 * An even TCP port of 127.0.0.1 on which nothing listens at this moment, nor on the next one, which belongs to it: a node of
 * a Cluster has its bus there. Another process may take it before you do.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = 2 * randomInt(firstPort / 2, lastPort / 2);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error(
    `no free TCP port found on 127.0.0.1 in ${attempts} attempts between ${firstPort} and ${lastPort}`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
