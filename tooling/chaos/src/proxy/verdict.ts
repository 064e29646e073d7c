/** One command as it comes by. */
export interface SeenCommand {
  /** Name of the script or command, in lower case: `step`, `blpop`. */
  readonly name: string;
  /** 1 for the first of this name through this proxy. */
  readonly nth: number;
}

/** What becomes of a command. */
export type Verdict =
  | { readonly kind: 'pass' }
  /** Redis does not see it and nobody answers. */
  | { readonly kind: 'swallow' }
  /** Redis does not see it; this error is the answer: `OOM command not allowed`. */
  | { readonly kind: 'refuse'; readonly error: string }
  /** Redis executes it; the reply is not passed on, the connection breaks instead. */
  | { readonly kind: 'lose reply' }
  /** Redis executes it; when the reply is here this is called, and the reply goes no further. */
  | { readonly kind: 'withhold reply'; readonly onReply: () => void };

export type Judge = (command: SeenCommand) => Verdict;

export const pass: Verdict = { kind: 'pass' };
