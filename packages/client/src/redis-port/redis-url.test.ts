import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

describe('a Redis URL', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379, db: 0 }],
    ['redis://:p%40ss@10.0.0.1:7000/3', { host: '10.0.0.1', port: 7000, db: 3, password: 'p@ss' }],
    ['redis://user:pass@[::1]:7000/', { host: '::1', port: 7000, db: 0, username: 'user', password: 'pass' }],
    ['rediss://host:6380', { host: 'host', port: 6380, db: 0, tls: {} }],
  ])('%s is read', (url, options) => {
    expect(parseRedisUrl(url)).toEqual(options);
  });
});
