import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

const jest = join(process.cwd(), 'node_modules/jest/bin/jest.js');
const testEnvironment = fileURLToPath(new URL('environment.mjs', import.meta.url));
const steps = `
  describe('first', () => {
    test('holds', () => {});
    test('fails', () => { throw new Error('no'); });
    test('stands on it', () => {});
  });
  test('comes last', () => {});
  afterAll(() => require('node:fs').writeFileSync(__filename + '.cleaned', ''));`;

describe('The environment of the tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-environment-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs those steps as a file of that name. @returns how each ended */
  async function outcomes(name: string): Promise<string[]> {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, steps);
    const config = JSON.stringify({ rootDir: folder, testEnvironment, transform: {}, testMatch: ['**/*.js'] });
    const outputFile = `${file}.json`;
    const args = [jest, '--config', config, '--json', `--outputFile=${outputFile}`, '--runInBand', file];
    const { AERIE_COSTS_FILE: _, ...env } = process.env;
    const [code] = await new Promise<[unknown]>((done) =>
      execFile(process.execPath, args, { cwd: folder, env }, (error) => done([error?.code ?? 0])),
    );
    expect([code, readFileSync(`${file}.cleaned`, 'utf8')]).toEqual([1, '']);
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as {
      testResults: { assertionResults: { status: string }[] }[];
    };
    return testResults[0]!.assertionResults.map(({ status }) => status);
  }

  it('ends a story with the step that fails, and what it opened is closed all the same', async () => {
    expect(await outcomes('test/stories/story.js')).toEqual(['passed', 'failed', 'pending', 'pending']);
  });

  it('runs every test of other files', async () => {
    expect(await outcomes('test/web/page.js')).toEqual(['passed', 'failed', 'passed', 'passed']);
  });
});
