import { describeVersions, type Versions } from './versions.ts';

const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

export interface Section {
  readonly table: string;
  readonly versions: Versions;
  readonly command: string;
  /** `2026-01-31` */
  readonly date: string;
}

/** `readme` with its generated part replaced. @throws when it has no such part */
export function withSection(readme: string, { table, versions, command, date }: Section): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`README.md needs the lines ${begin} and ${end} where the table belongs`);
  const facts = describeVersions(versions);
  const note = `Medians. Measured on ${date} by \`${command}\`: ${facts}. [All figures](tooling/bench/RESULTS.md).`;
  return `${readme.slice(0, from + begin.length)}\n${table}\n\n${note}\n${readme.slice(to)}`;
}
