import { expect, it } from 'vitest';
import { countCommands } from './redis-probe.ts';

it('counts every command but the one that asks', () => {
  const info = [
    '# Commandstats',
    'cmdstat_evalsha:calls=2,usec=31,usec_per_call=15.50',
    'cmdstat_info:calls=9,usec=400,usec_per_call=44.44',
    'cmdstat_config|get:calls=1,usec=3,usec_per_call=3.00',
  ].join('\r\n');
  expect(countCommands(info)).toBe(3);
});
