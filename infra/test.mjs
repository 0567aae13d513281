/**
 * `npm test`: prepares, runs the suite (arguments go to Jest), names what was left out for lack of a server, a browser
 * or the sample folder, and closes with `N passed, N failed`. With AERIE_REQUIRE_ALL=1 nothing may be left out.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main, prepare, root } from './prepare.mjs';

/** Suites start servers of their own; more than two at once would starve them of time. */
const workers = 2;

await main(async () => {
  await prepare();
  const folder = mkdtempSync(join(tmpdir(), 'aerie-test-'));
  try {
    const exitCode = await runJest(folder, process.argv.slice(2));
    process.exitCode = report(folder, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function runJest(folder, args) {
  const samples = join(dirname(root), 'shared/samples');
  const env = { ...process.env, AERIE_LEFT_OUT_FILE: join(folder, 'left-out') };
  if (!env.AERIE_SAMPLES && existsSync(samples)) env.AERIE_SAMPLES = samples;
  const jest = ['node_modules/jest/bin/jest.js', `--maxWorkers=${workers}`, '--json'];
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      ...jest,
      `--outputFile=${join(folder, 'result.json')}`,
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env },
  );
  // A terminal's Ctrl-C reaches Jest by itself; we only stay to report.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}

/** Prints the closing lines and answers the exit code. A suite that could not run counts as one failure. */
function report(folder, jestExitCode) {
  const resultFile = join(folder, 'result.json');
  const result = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : undefined;
  const failed = result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1;
  const leftOut = readLeftOut(join(folder, 'left-out'));
  const skipped = result?.numPendingTests ?? 0;
  const narrowed = process.argv.length > 2;
  // A filter makes Jest call everything outside it skipped, so skips only tell something about a whole run.
  if (skipped > 0 && leftOut.length === 0 && !narrowed) leftOut.push(`${skipped} tests marked as skipped`);
  for (const part of leftOut) console.log(`Left out: ${part}`);
  const incomplete = process.env.AERIE_REQUIRE_ALL === '1' && leftOut.length > 0;
  if (incomplete) console.log('AERIE_REQUIRE_ALL is set, so a part left out is a failure.');
  console.log(`${result?.numPassedTests ?? 0} passed, ${failed} failed`);
  return failed > 0 || incomplete ? 1 : jestExitCode;
}

function readLeftOut(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))].sort();
}
