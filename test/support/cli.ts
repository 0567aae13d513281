import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = resolve(fileURLToPath(import.meta.url), '../../../clients/cli/dist/main.js');

export interface CliResult {
  /** Exit code, or 128 + signal number as a shell reports it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` printed: one value, or the list of values where there is one a line. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it at will
  readonly json: any;
}

/** One person's or device's command line: the built CLI with a home and a passphrase of its own. */
export class Cli {
  readonly #folder = mkdtempSync(join(tmpdir(), 'aerie-home-'));
  readonly home = join(this.#folder, 'home');

  constructor(readonly passphrase = 'a passphrase for tests') {}

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
      done({ code: code ?? (signal === 'SIGINT' ? 130 : 137), stdout, stderr, json: parse(stdout) });
    });
  });
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    try {
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown);
    } catch {
      return undefined;
    }
  }
}
