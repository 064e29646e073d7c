import { type Script, type Violation, violationAt } from './violation.ts';

/** The lines on which a script's sections begin. */
export interface Markers {
  readonly validate: number;
  readonly read: number;
  readonly write: number;
}

const sections = ['validate', 'read', 'write'] as const;

/** Finds `-- validate`, `-- read` and `-- write`, each once, on a line of its own, in this order. */
export function findMarkers(script: Script): Markers | Violation {
  const at = (section: string): readonly number[] =>
    script.lines.flatMap((line, index) => (line.text === `-- ${section}` ? index + 1 : []));
  for (const section of sections) {
    const found = at(section).length;
    if (found !== 1)
      return violationAt(script, 1, `the line "-- ${section}" is there ${found} times instead of once`);
  }
  const [validate = 0, read = 0, write = 0] = sections.map((section) => at(section)[0] ?? 0);
  if (validate < read && read < write) return { validate, read, write };
  return violationAt(script, validate, 'the markers must come in the order validate, read, write');
}
