export interface Progress {
  advance(): void;
}

export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;

/** A bar on a terminal, four plain lines elsewhere. */
export function createProgress(total: number, screen: Screen): Progress {
  let done = 0;
  let shown = -1;
  const isTerminal = screen.isTTY === true;
  return {
    advance() {
      done += 1;
      const part = Math.floor((done / total) * (isTerminal ? width : 4));
      if (part === shown || (part === 0 && !isTerminal)) return;
      shown = part;
      screen.write(isTerminal ? barOf(part, done, total) : `   ${done} of ${total} files\n`);
    },
  };
}

function barOf(part: number, done: number, total: number): string {
  return `\r   [${'#'.repeat(part)}${' '.repeat(width - part)}] ${done}/${total}${done === total ? '\n' : ''}`;
}
