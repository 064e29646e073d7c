import { type Script, type Violation, violationAt } from './violation.ts';

const numbered = /\b(KEYS|ARGV)\[(\d+)\]/;

/**
 * The comment at the top of a script is its contract: its name and what it does, then every KEYS[n] and ARGV[n] without a
 * gap, then the replies. What the code takes by number must be listed.
 */
export function checkHeader(script: Script): readonly Violation[] {
  const header = headerOf(script);
  const violations: Violation[] = [];
  const refuse = (line: number, message: string): void => {
    violations.push(violationAt(script, line, message));
  };
  if (!header[0]?.startsWith(`-- ${script.name}: `))
    refuse(1, `the first line must begin "-- ${script.name}: "`);
  if (!header.some((line) => /^-- replies\b/.test(line))) refuse(1, 'the header lists no "-- replies …"');
  for (const table of ['KEYS', 'ARGV'] as const) {
    const listed = listedNumbers(header, table);
    const gap = listed.findIndex((number, index) => number !== index + 1);
    if (gap >= 0)
      refuse(1, `the header lists ${table}[${listed[gap]}] where ${table}[${gap + 1}] is expected`);
    for (const [line, number] of usedNumbers(script, table)) {
      if (!listed.includes(number)) refuse(line, `${table}[${number}] is used and not listed in the header`);
    }
  }
  return violations;
}

function headerOf({ name, lines }: Script): readonly string[] {
  const end = lines.findIndex((line) => !line.text.startsWith('--') || line.file !== `${name}.lua`);
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => line.text);
}

function listedNumbers(header: readonly string[], table: string): readonly number[] {
  const entry = new RegExp(`^-- ${table}\\[(\\d+)\\]`);
  return header.flatMap((line) => entry.exec(line)?.[1] ?? []).map(Number);
}

function usedNumbers({ lines }: Script, table: string): ReadonlyArray<readonly [number, number]> {
  return lines.flatMap(({ text }, index) => {
    const code = text.replace(/--.*$/, '');
    return [...code.matchAll(new RegExp(numbered, 'g'))]
      .filter((match) => match[1] === table)
      .map((match) => [index + 1, Number(match[2])] as const);
  });
}
