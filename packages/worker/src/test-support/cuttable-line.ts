import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback port that passes everything on to a server until it is cut. */
export interface CuttableLine {
  readonly url: string;
  /** Breaks all connections; new ones are refused. Twice is fine. */
  cut(): void;
  mend(): Promise<void>;
}

export async function openCuttableLine(target: string): Promise<CuttableLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    // A cut line shows as ECONNRESET on the side that writes.
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = track(connect(Number(port), hostname));
    track(near).pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const listeningPort = await listen(server, 0);
  return {
    url: `redis://127.0.0.1:${listeningPort}`,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    mend: async () => void (await listen(server, listeningPort)),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
