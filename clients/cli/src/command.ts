import type { Command } from 'commander';
import { explain, type Explanation, systemFault } from '@aerie/sdk';
import { CliError, Interrupted, type Failure } from './failure.js';
import { visible } from './format.js';
import { lostOutput, printLine } from './stdout.js';
import { onStop, stoppedExitCode } from './stop.js';

/**
 * What a command is given besides its arguments. With `--json`, standard output is lines of JSON: first one for each thing
 * that is done on the way (`{"file": …}`), and last, always and once, the outcome:
 * `{"ok": true or false, "result": … or null, "error": {code, title, hint} or null}`. Both result and error: partly done.
 */
export interface Output {
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** From here on the first signal does not end the program, but aborts this: stop cleanly and throw Interrupted. */
  takeStop(): AbortSignal;
  /** One thing of many, as soon as it is done. */
  item(kind: 'file' | 'pairing', value: unknown, lines?: () => readonly string[]): void;
  /** The result: for programs, and in lines for a person. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** Something for a person to know on the way, on standard error. */
  note(line: string): void;
  /** Part of the work failed: the exit code will be 1, whatever else is printed. */
  failed(failure: Failure): void;
}

/** Every command takes it, so that a script need not know which ones do. */
export const jsonOption = ['--json', 'print JSON for programs instead of words'] as const;

export const exitCodes = { success: 0, failure: 1, usage: 2 } as const;

/**
 * Makes the body of a command that changes or checks something: gives it its output, and turns what it throws into words
 * or JSON and an exit code. It goes on when its reader has gone; the exit code then tells that the outcome was not read.
 * @param kept what to tell when it is stopped, or when the system refuses a file: what was done, and how to go on
 */
export function body<Args extends unknown[]>(
  work: (output: Output, ...args: Args) => Promise<void>,
  kept: string,
): (...args: [...Args, Command]) => Promise<void> {
  return bodyOf(work, kept, false);
}

/** The same for a command that only shows something: a reader that has seen enough, such as `head`, is no failure. */
export function showing<Args extends unknown[]>(
  work: (output: Output, ...args: Args) => Promise<void>,
): (...args: [...Args, Command]) => Promise<void> {
  return bodyOf(work, 'Nothing was changed.', true);
}

function bodyOf<Args extends unknown[]>(
  work: (output: Output, ...args: Args) => Promise<void>,
  kept: string,
  onlyShows: boolean,
) {
  return async (...args: [...Args, Command]): Promise<void> => {
    const command = args.at(-1) as Command;
    const run = new Run(command.opts().json === true, onlyShows);
    onStop(() => {
      if (run.stop && !run.stop.signal.aborted) return run.stop.abort();
      run.failed(describeStop(new Interrupted(run.stop ? 'What the server acknowledged is kept.' : kept)));
      void run.end(stoppedExitCode()).then(() => process.exit());
    });
    let exitCode: number = exitCodes.success;
    try {
      await work(run, ...(args.slice(0, -1) as Args));
    } catch (error) {
      run.failed(await describe(error, kept));
      if (error instanceof Interrupted) exitCode = stoppedExitCode();
    }
    await run.end(exitCode);
  };
}

class Run implements Output {
  stop: AbortController | undefined;
  #result: unknown = null;
  #failures: Failure[] = [];
  #isEnded = false;

  constructor(
    readonly json: boolean,
    readonly onlyShows: boolean,
  ) {}

  takeStop(): AbortSignal {
    return (this.stop = new AbortController()).signal;
  }

  item(kind: string, value: unknown, lines: () => readonly string[] = () => []): void {
    if (this.json) printLine(JSON.stringify({ [kind]: value }));
    else for (const line of lines()) printLine(line);
  }

  result(value: unknown, lines: () => readonly string[]): void {
    this.#result = value;
    if (!this.json) for (const line of lines()) printLine(line);
  }

  note(line: string): void {
    console.error(line);
  }

  failed(failure: Failure): void {
    this.#failures.push(failure);
  }

  /** Reports the outcome, once, and sets the exit code. */
  async end(exitCode: number): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const error = this.#failures.at(-1) ?? null;
    process.exitCode = exitCode || (error ? exitCodes.failure : exitCodes.success);
    if (this.json) printLine(JSON.stringify({ ok: error === null, result: this.#result, error }));
    else for (const failure of this.#failures) printFailure(failure);
    const lost = await lostOutput();
    if (!lost || (this.onlyShows && lost.code === 'EPIPE')) return;
    process.exitCode ||= exitCodes.failure;
    if (this.json && error) printFailure(error);
    printFailure(await describe(lost, error ? '' : 'The work itself is done.'));
  }
}

/** Reports an error outside of any command. */
export async function report(error: unknown, json: boolean): Promise<void> {
  const run = new Run(json, true);
  run.failed(await describe(error, 'Nothing was done.'));
  await run.end(exitCodes.failure);
}

function printFailure(failure: Failure): void {
  for (const line of failureLines(failure)) console.error(line);
}

export function failureLines({ title, hint, detail }: Failure): string[] {
  return [`aerie: ${visible(title)}`, ...[detail, hint].filter(Boolean).map((line) => `       ${visible(line!)}`)];
}

const describeStop = ({ message, kept }: Interrupted): Failure => ({ code: 'interrupted', title: message, hint: kept });

/** Any error as code, title, hint and detail. @param kept what is true of the command's work, where the system refused a file */
export async function describe(error: unknown, kept: string): Promise<Failure> {
  if (error instanceof Interrupted) return describeStop(error);
  if (error instanceof CliError)
    return { code: error.code, title: error.title, hint: error.hint, detail: error.detail };
  const failure = failureOf(explain(error));
  return systemFault(error) ? { ...failure, hint: `${kept} ${failure.hint}`.trim() } : failure;
}

/** What the SDK says of an error, in the CLI's words. */
const failureOf = ({ code, message, hint, requestId }: Explanation): Failure => ({
  code,
  title: message,
  hint,
  ...(requestId ? { detail: `request ${requestId}` } : {}),
});

export function usageFailure(message: string): CliError {
  const title = message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return new CliError('usage.invalid', title, { hint: 'Nothing was done. See `aerie help`.' });
}
