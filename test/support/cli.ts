import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = resolve(fileURLToPath(import.meta.url), '../../../clients/cli/bin/aerie.cjs');

/* eslint-disable @typescript-eslint/no-explicit-any -- tests look into the JSON at will */
export interface CliResult {
  /** Exit code, or 128 + signal number as a shell reports it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of `--json`, and the things before it. */
  readonly outcome: any;
  readonly items: any[];
  /** What of that a test mostly wants: the files one by one where there are any, else the result, else `{error}`. */
  readonly json: any;
}

/** One person's or device's command line: the built CLI with a home and a passphrase of its own. */
export class Cli {
  readonly #folder = mkdtempSync(join(tmpdir(), 'aerie-home-'));
  readonly home = join(this.#folder, 'home');

  constructor(readonly passphrase = 'a kestrel over the harbour') {}

  /** Runs a command with `--json` and waits for its end. */
  run(...args: string[]): Promise<CliResult> {
    return finished(this.start([...args, '--json']));
  }

  /** The same in words for a person, not on a terminal. */
  say(...args: string[]): Promise<CliResult> {
    return finished(this.start(args));
  }

  /** As `run`, and fails unless the command succeeds. */
  async must(...args: string[]): Promise<CliResult['json']> {
    const result = await this.run(...args);
    if (result.code !== 0)
      throw new Error(`aerie ${args.join(' ')}: exit ${result.code}\n${result.stdout}${result.stderr}`);
    return result.json;
  }

  /** Starts a command and does not wait; for what is interrupted on purpose. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const own = { AERIE_HOME: this.home, AERIE_PASSPHRASE: this.passphrase, ...env };
    return spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function finished(child: ChildProcess): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      done({ code: code ?? 128 + (constants.signals[signal!] ?? 0), stdout, stderr, ...parse(stdout) });
    });
  });
}

function parse(stdout: string): Pick<CliResult, 'outcome' | 'items' | 'json'> {
  const lines = stdout.split('\n').filter(Boolean).map(valueOf);
  const isOutcome = typeof lines.at(-1)?.ok === 'boolean';
  const outcome = isOutcome ? lines.at(-1) : undefined;
  const items = isOutcome ? lines.slice(0, -1) : lines;
  const files = items.filter((item) => item?.file).map(({ file }) => file);
  const rest = outcome?.result ?? (outcome ? { error: outcome.error } : undefined);
  return { outcome, items, json: files.length > 1 ? files : (files[0] ?? rest) };
}

function valueOf(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
