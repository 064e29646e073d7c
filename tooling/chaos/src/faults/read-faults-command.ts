import { parseArgs } from 'node:util';

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
  const size = values.size === undefined ? (values.gate === true ? 'gate' : 'full') : Number(values.size);
  if (typeof size === 'number' && !(Number.isSafeInteger(size) && size > 0))
    throw new Error(`--size must be a whole number above 0; got "${values.size}"`);
  return { name, size, json: values.json === true };
}
