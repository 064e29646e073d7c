import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.ts';

export interface FaultsCommand {
  readonly name: string;
  readonly size: 'gate' | 'full' | number;
  /** One JSON object a line on standard output. */
  readonly json: boolean;
}

/** @throws Error for an unknown option or a size that is no whole number */
export function readFaultsCommand(args: readonly string[]): FaultsCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { size: { type: 'string' }, gate: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const [name = ''] = positionals;
  const usual = values.gate === true ? 'gate' : 'full';
  const size = values.size === undefined ? usual : wholeNumber('--size', values.size, 1);
  return { name, size, json: values.json === true };
}
