// Starts a server, says where, and stays. What it imports is the built package: see the test that starts it.
import { Redis } from 'ioredis';
import { startRedisServer } from '../../dist/index.js';

const server = await startRedisServer();
const redis = new Redis(server.url);
const [, dir] = await redis.config('GET', 'dir');
console.log(JSON.stringify({ port: server.port, pid: server.pid, dir }));
setInterval(() => undefined, 1_000);
