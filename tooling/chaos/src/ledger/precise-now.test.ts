import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { preciseNow } from './precise-now.ts';

const wrongOrigin =
  'data:text/javascript,Object.defineProperty(performance,"timeOrigin",{value:performance.timeOrigin+60000})';

it('is the same in a child that had no processor while it looked at its clocks', () => {
  const file = new URL('../../dist/ledger/precise-now.js', import.meta.url).href;
  const before = preciseNow();
  const ask = `import { preciseNow } from ${JSON.stringify(file)}; console.log(preciseNow());`;
  const answer = execFileSync(
    process.execPath,
    ['--import', wrongOrigin, '--input-type=module', '--eval', ask],
    { encoding: 'utf8' },
  );
  const child = Number(answer);
  expect([before <= child, child <= preciseNow()]).toEqual([true, true]);
});

it('is the time of day', () => {
  expect(Math.abs(preciseNow() - Date.now())).toBeLessThan(1_000);
});
