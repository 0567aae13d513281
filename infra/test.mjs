/**
 * `npm test`: prepares, runs the suite (arguments go to Jest), and tells which files were slowest, what was left out for
 * lack of a server, a browser or the sample folder and how to have it, and at last `N passed, N failed`. A test that is
 * skipped in a file that does not say why is a failure; with AERIE_REQUIRE_ALL=1 nothing may be left out.
 *
 * `npm run test:units` runs what needs no build.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { main, prepare, root } from './prepare.mjs';

/** One more than there are cores: suites wait for servers and browsers of their own as often as they compute. */
const workerBytes = 3 * 2 ** 30;
const workers = Math.max(1, Math.min(3, availableParallelism() + 1, Math.floor(totalmem() / workerBytes)));
/** Specs beside the sources, but for those that start a PostgreSQL or a browser. */
const unitFiles =
  '^(?!.*(embedded-postgres|/browser)\\.spec).*/(src|protocol|clients)/.*(?<!e2e-)(?<!contract-)spec\\.ts$';
/** Processor seconds that a file may take before its line is a warning, and how many files are listed. */
const budgetSeconds = 45;
const slowestListed = 10;

const args = process.argv.slice(2).filter((arg) => arg !== '--units');
const unitsOnly = process.argv.includes('--units');

await main(async () => {
  if (!unitsOnly) await prepare();
  const folder = mkdtempSync(join(tmpdir(), 'aerie-test-'));
  try {
    const exitCode = await runJest(folder);
    process.exitCode = report(folder, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
});

function runJest(folder) {
  const samples = join(dirname(root), 'shared/samples');
  const env = { ...process.env, AERIE_LEFT_OUT_FILE: join(folder, 'left-out') };
  env.AERIE_COSTS_FILE = join(folder, 'costs');
  // What a test leaves behind, because it failed or was ended, goes with the run. Open to all, as temporary folders are:
  // tests become other users, and so does PostgreSQL.
  env.TMPDIR = join(folder, 'tmp');
  mkdirSync(env.TMPDIR);
  chmodSync(folder, 0o755);
  chmodSync(env.TMPDIR, 0o1777);
  if (!env.AERIE_SAMPLES && existsSync(samples)) env.AERIE_SAMPLES = samples;
  const jest = ['node_modules/jest/bin/jest.js', `--maxWorkers=${workers}`, '--json'];
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      ...jest,
      `--outputFile=${join(folder, 'result.json')}`,
      ...(unitsOnly ? ['--testPathPatterns', unitFiles] : []),
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
  printSlowest(linesOf(join(folder, 'costs')));
  const leftOut = linesOf(join(folder, 'left-out'));
  const unexplained = result ? skippedWithoutReason(result, leftOut) : [];
  const ways = new Map(leftOut.map(({ part, how }) => [part, how]));
  for (const part of [...ways.keys()].sort()) console.log(`Left out: ${part}. To have it: ${ways.get(part)}.`);
  for (const file of unexplained) console.log(`Skipped without saying why: tests of ${file}`);
  const incomplete = process.env.AERIE_REQUIRE_ALL === '1' && ways.size > 0;
  if (incomplete) console.log('AERIE_REQUIRE_ALL is set, so a part left out is a failure.');
  const failed =
    (result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1) + unexplained.length + (incomplete ? 1 : 0);
  console.log(`${result?.numPassedTests ?? 0} passed, ${failed} failed`);
  return failed > 0 ? 1 : jestExitCode;
}

/** Wall time depends on what else runs; processor time is what a file costs, so that is what has a budget. */
function printSlowest(costs) {
  const slowest = costs.sort((a, b) => b.processorSeconds - a.processorSeconds).slice(0, slowestListed);
  if (slowest.length > 0) console.log('Processor and wall seconds of the slowest files:');
  for (const { file, processorSeconds, seconds } of slowest) {
    const over = processorSeconds > budgetSeconds ? `  over its budget of ${budgetSeconds}` : '';
    console.log(`${processorSeconds.toFixed(1).padStart(7)} ${seconds.toFixed(1).padStart(7)}  ${nameOf(file)}${over}`);
  }
  const total = costs.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0);
  console.log(`${total.toFixed(0)} processor seconds in ${costs.length} files`);
}

/**
 * Files with skipped tests that name nothing they leave out. Jest calls skipped what a filter by name takes out, too, and
 * the steps of a story that did not come to them, because one failed.
 */
function skippedWithoutReason({ testResults }, leftOut) {
  if (args.some((arg) => /^(-t|--testNamePattern)/.test(arg))) return [];
  const explained = new Set(leftOut.map(({ file }) => file));
  return testResults
    .filter(({ name }) => !explained.has(name))
    .filter(({ status, assertionResults }) => status !== 'failed' && assertionResults.some(isSkipped))
    .map(({ name }) => nameOf(name));
}

function isSkipped({ status }) {
  return ['pending', 'skipped', 'disabled', 'todo'].includes(status);
}

function nameOf(file) {
  return relative(root, file);
}

function linesOf(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
