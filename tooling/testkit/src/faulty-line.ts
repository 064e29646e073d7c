import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut, and on which answers can get lost. */
export interface FaultyLine extends AsyncDisposable {
  /** The server's own, database and credentials included, by way of this line. */
  readonly url: string;
  /** Breaks all connections; new ones are refused. Twice is fine. */
  cut(): void;
  mend(): Promise<void>;
  /** The next answer to a script is not passed on: its connection breaks instead. Resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
}

export async function openFaultyLine(target: string): Promise<FaultyLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let lose: (() => void) | undefined;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let isScriptAsked = false;
    near.on('data', (bytes) => {
      isScriptAsked = /eval/i.test(bytes.toString('latin1'));
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (lose === undefined || !isScriptAsked) return void near.write(bytes);
      lose();
      lose = undefined;
      near.destroy();
    });
    pair(near, far, sockets);
  });
  const ownPort = await listen(server, 0);
  const url = new URL(target);
  url.host = `127.0.0.1:${ownPort}`;
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    mend: async () => void (await listen(server, ownPort)),
    loseNextAnswer: () => new Promise((resolve) => (lose = resolve)),
    async [Symbol.asyncDispose]() {
      const closed = server.listening ? once(server, 'close') : undefined;
      cut();
      await closed;
    },
  };
}

/** What ends one side ends the other. */
function pair(near: Socket, far: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(socket);
    // A broken line shows as ECONNRESET on the side that writes.
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  return address.port;
}
