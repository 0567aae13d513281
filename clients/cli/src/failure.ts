/** Errors as a person or a program is told of them: what happened, what was kept, what to do. */

export interface Failure {
  readonly code: string;
  readonly title: string;
  readonly hint: string;
  readonly detail?: string;
}

/** A failure that this program itself finds. Codes of the server and the SDK pass through as they are. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly hint: string;
  readonly detail?: string;
  constructor(
    readonly code: string,
    readonly title: string,
    { hint, detail }: { hint: string; detail?: string },
  ) {
    super(title);
    this.hint = hint;
    this.detail = detail;
  }
}

/** Ctrl-C. `kept` says what is safe and how to go on. Ends the program with 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly kept: string) {
    super('Stopped');
  }
}
