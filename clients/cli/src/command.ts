import type { Command } from 'commander';
import type { Explanation } from '@aerie/sdk';
import { CliError, Interrupted, type Failure } from './failure.js';
import { visible } from './format.js';

/** What a command is given besides its arguments. */
export interface Output {
  /** Whether `--json` was given: standard output then carries JSON and nothing else. */
  readonly json: boolean;
  /** From here on the first Ctrl-C does not end the program, but aborts this: stop cleanly and throw Interrupted. */
  takeCtrlC(): AbortSignal;
  /** The result: the value as one line of JSON, or its lines for a person. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** Something for a person to know on the way, on standard error. Silent with `--json`. */
  note(line: string): void;
  /** Part of the work failed: the exit code will be 1, whatever else is printed. */
  failed(): void;
}

/** Every command takes it, so that a script need not know which ones do. */
export const jsonOption = ['--json', 'print JSON for programs instead of words'] as const;

export const exitCodes = { failure: 1, usage: 2, interrupted: 130 } as const;

/**
 * Makes the body of a command: gives it its output, and turns what it throws into words or JSON and an exit code.
 * @param kept what to tell on Ctrl-C, unless the command takes that over.
 */
export function body<Args extends unknown[]>(
  work: (output: Output, ...args: Args) => Promise<void>,
  kept: string,
): (...args: [...Args, Command]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const json = command.opts().json === true;
    let stop: AbortController | undefined;
    process.on('SIGINT', () => {
      if (stop && !stop.signal.aborted) return stop.abort();
      const stopped = new Interrupted(stop ? 'What the server acknowledged is kept.' : kept);
      void report(stopped, json).then(() => process.exit(exitCodes.interrupted));
    });
    const takeCtrlC = (): AbortSignal => (stop = new AbortController()).signal;
    try {
      await work(outputFor(json, takeCtrlC), ...(args.slice(0, -1) as Args));
    } catch (error) {
      await report(error, json);
    }
  };
}

/** Reports an error of any kind and sets the exit code. */
export async function report(error: unknown, json: boolean): Promise<void> {
  const failure = await describe(error);
  process.exitCode = error instanceof Interrupted ? exitCodes.interrupted : exitCodes.failure;
  if (json) print({ error: failure });
  else for (const line of failureLines(failure)) console.error(line);
}

export function failureLines({ title, hint, detail }: Failure): string[] {
  return [`aerie: ${visible(title)}`, ...[detail, hint].filter(Boolean).map((line) => `       ${visible(line!)}`)];
}

/** Any error as code, title, hint and detail. */
export async function describe(error: unknown): Promise<Failure> {
  if (error instanceof Interrupted) return { code: 'interrupted', title: error.message, hint: error.kept };
  if (error instanceof CliError)
    return { code: error.code, title: error.title, hint: error.hint, detail: error.detail };
  const fault = fileFailures[(error as NodeJS.ErrnoException | null)?.code ?? ''];
  if (fault && 'syscall' in (error as object))
    return { code: 'file.refused', ...fault, detail: (error as Error).message };
  // Imported here because it brings the whole SDK, which a mistyped option can do without.
  const { explain } = await import('@aerie/sdk');
  return failureOf(explain(error));
}

/** What the SDK says of an error, in the CLI's words. */
const failureOf = ({ code, message, hint, requestId }: Explanation): Failure => ({
  code,
  title: message,
  hint,
  ...(requestId ? { detail: `request ${requestId}` } : {}),
});

const fileFailures: Record<string, { title: string; hint: string }> = {
  EACCES: {
    title: 'This user may not read or write there',
    hint: 'Nothing was changed. Allow it, or choose another path.',
  },
  EPERM: {
    title: 'This user may not read or write there',
    hint: 'Nothing was changed. Allow it, or choose another path.',
  },
  EEXIST: { title: 'There is a file of that name already', hint: 'It was left alone. Choose another path.' },
  ENOENT: { title: 'There is no such file or folder', hint: 'Nothing was changed. Check the path.' },
  ENOTDIR: { title: 'A part of the path is not a folder', hint: 'Nothing was changed. Check the path.' },
  EISDIR: { title: 'That is a folder, not a file', hint: 'Nothing was changed. Name a file.' },
  EROFS: { title: 'That disk cannot be written to', hint: 'Nothing was changed. Choose another path.' },
  ENOSPC: {
    title: 'The disk here is full',
    hint: 'Nothing half-written was left behind. Free space and run it again.',
  },
};

export function usageFailure(message: string): CliError {
  const title = message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return new CliError('usage.invalid', title, { hint: 'Nothing was done. See `aerie help`.' });
}

export const print = (value: unknown): void => console.log(JSON.stringify(value));

function outputFor(json: boolean, takeCtrlC: Output['takeCtrlC']): Output {
  return {
    json,
    takeCtrlC,
    result: (value, lines) => (json ? print(value) : lines().forEach((line) => console.log(line))),
    note: (line) => json || console.error(line),
    failed: () => void (process.exitCode = exitCodes.failure),
  };
}
