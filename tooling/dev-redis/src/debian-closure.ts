/** What must hold for one line of a package's `Depends`: one of these names. */
export type Alternatives = readonly string[];

/** Reads `a (>= 1), b | c:any` as `[['a'], ['b', 'c']]`. */
export function readDepends(field: string): readonly Alternatives[] {
  return field
    .split(',')
    .map((group) =>
      group
        .split('|')
        .map((name) => name.trim().replace(/[\s(:].*$/, ''))
        .filter((name) => name !== ''),
    )
    .filter((group) => group.length > 0);
}

/** The `Depends` and `Pre-Depends` of each package in the output of `apt-cache show`. */
export function readShown(output: string): ReadonlyMap<string, readonly Alternatives[]> {
  const shown = new Map<string, readonly Alternatives[]>();
  for (const stanza of output.split(/\n\n+/)) {
    const name = /^Package: (.+)$/m.exec(stanza)?.[1];
    if (name === undefined || shown.has(name)) continue;
    const fields = [...stanza.matchAll(/^(?:Pre-)?Depends: (.+)$/gm)].map((match) => match[1] ?? '');
    shown.set(name, fields.flatMap(readDepends));
  }
  return shown;
}

/**
 * The packages that must be fetched to use `root`: itself and what it needs, transitively, that is not installed.
 * Of alternatives of which none is installed the first is taken, as apt does.
 */
export async function missingPackages(
  root: string,
  installed: ReadonlySet<string>,
  show: (names: readonly string[]) => Promise<ReadonlyMap<string, readonly Alternatives[]>>,
): Promise<readonly string[]> {
  const missing = new Set([root]);
  let wave: readonly string[] = [root];
  while (wave.length > 0) {
    const groups = [...(await show(wave)).values()].flat();
    const needed = groups
      .filter((group) => !group.some((name) => installed.has(name)))
      .map((group) => group[0] ?? '');
    wave = [...new Set(needed)].filter((name) => !missing.has(name));
    for (const name of wave) missing.add(name);
  }
  return [...missing];
}
