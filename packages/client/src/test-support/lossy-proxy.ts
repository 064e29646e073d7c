import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on which answers can get lost. */
export interface LossyProxy extends AsyncDisposable {
  readonly url: string;
  /** The next answer to a script is not passed on: its connection breaks instead. Resolves when that has happened. */
  readonly loseNextAnswer: () => Promise<void>;
  /** Breaks all connections and lets none in. */
  readonly cutOff: () => void;
  readonly letIn: () => void;
}

export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let lose: (() => void) | undefined;
  let isCutOff = false;
  const server = createServer((client) => {
    if (isCutOff) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    let isScriptAsked = false;
    client.on('data', (bytes) => {
      isScriptAsked = /eval/.test(bytes.toString('latin1'));
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (lose === undefined || !isScriptAsked) return void client.write(bytes);
      lose();
      lose = undefined;
      client.destroy();
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cutOff: () => {
      isCutOff = true;
      for (const socket of sockets) socket.destroy();
    },
    letIn: () => {
      isCutOff = false;
    },
    loseNextAnswer: () => new Promise((resolve) => (lose = resolve)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
