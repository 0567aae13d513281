import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leaveOut } from '../support/left-out.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

const fileCount = 300;

/** Every write to it ends in "no space left on device", as on a full disk. */
const fullDevice = '/dev/full';
if (!existsSync(fullDevice)) leaveOut(`${fullDevice}, which stands for a full disk`, 'run on Linux');

describe('A script that reads the command line', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;
  const card = (): string => join(folder, 'card');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-reader-'));
    mkdirSync(card());
    for (let index = 0; index < fileCount; index++) writeFileSync(join(card(), `${index}.txt`), `file ${index}`);
    server = await startServer();
    ada = await foundBy(server);
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const start = (args: string[], stdio: StdioOptions): ChildProcess =>
    spawn(process.execPath, ['clients/cli/dist/main.js', ...args], {
      env: { ...process.env, AERIE_HOME: ada.home, AERIE_PASSPHRASE: ada.passphrase },
      stdio,
    });

  async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return { code, stderr };
  }

  /** As `| head -1` does: reads a line and goes. */
  const readOne = (child: ChildProcess): void => void child.stdout!.once('data', () => child.stdout!.destroy());
  const stored = async (project: string): Promise<number> => (await ada.must('list', '--project', project)).length;

  it('and goes after the first line does not keep the files from being stored, and can tell by the exit code', async () => {
    await ada.must('project', 'create', 'Head');
    const child = start(['ingest', card(), '--project', 'Head', '--json'], ['ignore', 'pipe', 'pipe']);
    readOne(child);
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toMatch(/has closed its end/);
    expect(await stored('Head')).toBe(fileCount);
  }, 180_000);

  it('and whose standard error nobody reads, neither', async () => {
    await ada.must('project', 'create', 'Deaf');
    const child = start(['ingest', card(), '--project', 'Deaf', '--json'], ['ignore', 'ignore', 'pipe']);
    child.stderr!.once('data', () => child.stderr!.destroy());
    const code = await new Promise<number | null>((done) => child.on('close', done));
    expect(code).toBe(0);
    expect(await stored('Deaf')).toBe(fileCount);
  }, 180_000);

  (existsSync(fullDevice) ? it : it.skip)(
    'into a file on a full disk is told so, by exit code and on standard error',
    async () => {
      await ada.must('project', 'create', 'Full');
      const full = openSync(fullDevice, 'w');
      const child = start(['ingest', card(), '--project', 'Full', '--json'], ['ignore', full, 'pipe']);
      const { code, stderr } = await ended(child);
      expect(code).toBe(1);
      expect(stderr).toMatch(/disk is full/i);
      expect(await stored('Full')).toBe(fileCount);
      const listing = await ended(start(['list', '--project', 'Full'], ['ignore', full, 'pipe']));
      closeSync(full);
      expect(listing).toMatchObject({ code: 1, stderr: expect.stringMatching(/disk is full/i) });
    },
    180_000,
  );

  it('and only looks may go when it has seen enough', async () => {
    const child = start(['list', '--project', 'Head'], ['ignore', 'pipe', 'pipe']);
    readOne(child);
    expect(await ended(child)).toEqual({ code: 0, stderr: '' });
  });

  it('finds one shape at the end of whatever happened: done, refused, partly done', async () => {
    const one = await ada.run('project', 'create', 'Shapes');
    expect(one.outcome).toEqual({
      ok: true,
      result: expect.objectContaining({ projectId: expect.any(String) }),
      error: null,
    });
    const told = { code: expect.any(String), title: expect.any(String), hint: expect.any(String) };
    const refused = await ada.run('list', '--project', 'No such project');
    expect(refused.outcome).toEqual({ ok: false, result: null, error: expect.objectContaining(told) });
    const mistyped = await ada.run('ingest');
    expect(mistyped.outcome).toEqual({ ok: false, result: null, error: expect.objectContaining(told) });
    const partly = await ada.run('ingest', join(card(), '1.txt'), join(card(), 'missing.txt'), '--project', 'Shapes');
    expect(partly.outcome).toEqual({
      ok: false,
      result: { stored: 1, bytesStored: 6, alreadyStored: 0, failed: 1 },
      error: expect.objectContaining({ ...told, code: 'ingest.incomplete' }),
    });
    expect(partly.items.map(({ file }: { file: { status: string } }) => file.status).sort()).toEqual([
      'failed',
      'stored',
    ]);
  }, 120_000);

  it('is told that a card is empty, in words and in JSON', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const { code, outcome, stderr } = await ada.run('ingest', empty, '--project', 'Shapes');
    expect({ code, outcome }).toEqual({
      code: 0,
      outcome: { ok: true, result: { stored: 0, bytesStored: 0, alreadyStored: 0, failed: 0 }, error: null },
    });
    expect(stderr).toMatch(/No files were found/);
  });
});
