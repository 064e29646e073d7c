// Starts a server, says where, and stays. What it imports is the built package: see the test that starts it.
import { startRedisServer } from '../../dist/index.js';

const server = await startRedisServer();
console.log(JSON.stringify({ port: server.port, pid: server.pid }));
setInterval(() => undefined, 1_000);
