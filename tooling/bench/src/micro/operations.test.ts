import { expect, it } from 'vitest';
import { microTable } from './micro.ts';
import { operations } from './operations.ts';

it.each(operations.map(({ name, run }) => [name, run] as const))('%s can be measured', async (_name, run) => {
  await run(3);
});

it('the table has three digits below a microsecond', () => {
  const row = { metric: 'm', unit: 'µs', median: 0.0714, p99: 1.25, samples: 1 } as const;
  expect(microTable([row])).toContain('| m | 0.071 | 1.25 |');
});
