import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, type IngestInput, type IngestResult } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import { finished } from '../support/cli.js';
import { foundBy, sha256OfFile, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

const mebibyte = 1024 * 1024;
const rightToLeft = 'report\u202egpj.exe';

describe('Difficult files', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-files-'));
    server = await startServer();
    ada = await foundBy(server);
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Nobody may read it, root included. */
  function unreadable(path: string): void {
    if (process.getuid?.() === 0) return symlinkSync('/sys/bus/cpu/drivers_probe', path);
    writeFileSync(path, 'secret');
    chmodSync(path, 0o000);
  }

  describe('in one batch with good ones', () => {
    let results: Map<string, IngestResult>;
    let code: number;
    const card = () => join(folder, 'card');
    const longName = `${'ä'.repeat(125)}.JPG`;

    beforeAll(async () => {
      mkdirSync(join(card(), 'DCIM'), { recursive: true });
      writeFileSync(join(card(), 'a-good.txt'), 'good');
      writeFileSync(join(card(), 'b-empty.srt'), '');
      writeFileSync(join(card(), rightToLeft), 'looks like a picture');
      writeFileSync(join(card(), longName), 'a name of 254 octets');
      writeFileSync(join(card(), 'line\nbreak\x1b[2J.txt'), 'a name that clears the screen');
      unreadable(join(card(), 'c-unreadable.bin'));
      symlinkSync('d-loop', join(card(), 'd-loop'));
      symlinkSync('..', join(card(), 'DCIM', 'circle'));
      symlinkSync('nowhere', join(card(), 'e-dangling'));
      execFileSync('mkfifo', [join(card(), 'f-pipe')]);
      writeFileSync(join(card(), 'g-growing.bin'), randomBytes(24 * mebibyte));
      writeFileSync(join(card(), 'h-vanishing.bin'), randomBytes(96 * mebibyte));
      writeFileSync(join(card(), 'z-last.txt'), 'the last one');
      await ada.must('project', 'create', 'Difficult');
      const growing = setInterval(() => appendFileSync(join(card(), 'g-growing.bin'), 'more'), 2);
      const run = ada.start(['ingest', card(), '--project', 'Difficult', '--json']);
      void unlinkOnceOpen(run.pid!, join(card(), 'h-vanishing.bin'));
      const result = await finished(run);
      clearInterval(growing);
      code = result.code;
      results = new Map(result.json.map((one: IngestResult) => [one.path.slice(card().length + 1), one]));
    }, 120_000);

    it('let the good ones through', () => {
      const stored = [...results].filter(([, { status }]) => status === 'stored').map(([path]) => path);
      expect(stored.sort()).toEqual(
        ['a-good.txt', 'b-empty.srt', 'line\nbreak\x1b[2J.txt', longName, rightToLeft, 'z-last.txt'].sort(),
      );
    });

    it.each([
      ['c-unreadable.bin', /permission|reports an error|cannot be read/],
      ['d-loop', /circle/],
      ['DCIM/circle', /not followed/],
      ['e-dangling', /link to nothing/],
      ['f-pipe', /named pipe/],
      ['g-growing.bin', /changed/],
      ['h-vanishing.bin', /gone/],
    ])('name what is wrong with %s', (path, words) => {
      expect(results.get(path)).toMatchObject({
        status: 'failed',
        receipt: null,
        problem: { message: expect.stringMatching(words) },
      });
    });

    it('make the exit code tell that not all succeeded', () => expect(code).toBe(1));

    it('leave nothing half-stored', async () => {
      const listed = await ada.must('list', '--project', 'Difficult');
      expect(listed).toHaveLength(6);
      expect(await ada.must('verify', '--project', 'Difficult')).toMatchObject({ ok: true });
    });

    it('come back with the name and the octets they had', async () => {
      const listed: { mediaId: string; name: string; bytes: number }[] = await ada.must(
        'list',
        '--project',
        'Difficult',
      );
      const empty = listed.find(({ name }) => name === 'b-empty.srt')!;
      expect(empty.bytes).toBe(0);
      await ada.must('get', empty.mediaId, '--out', join(folder, 'empty-back'));
      expect(readFileSync(join(folder, 'empty-back'))).toHaveLength(0);
      expect(listed.map(({ name }) => name)).toEqual(
        expect.arrayContaining([rightToLeft, longName, 'line\nbreak\x1b[2J.txt']),
      );
    });

    it('cannot move the cursor or turn the text round on a terminal', async () => {
      const { stdout } = await ada.say('list', '--project', 'Difficult');
      expect(stdout).toContain('report\\u{202e}gpj.exe');
      expect(stdout).toContain('line\\u{000a}break\\u{001b}[2J.txt');
      // eslint-disable-next-line no-control-regex -- the point of the test
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    });
  });

  it('with names that no file system would give are taken in as text, and written nowhere else', async () => {
    const { projectId } = await ada.must('project', 'create', 'Names');
    const names = ['../../escape.txt', '/etc/cron.d/escape', 'nul\0byte', 'x'.repeat(4096), '..', 'CON', rightToLeft];
    const aerie = await Aerie.open(await readKeyringFile(join(ada.home, 'keyring.pgp'), ada.passphrase));
    const results: IngestResult[] = [];
    for await (const result of aerie.uploads.ingest(inMemory(names), { projectId })) results.push(result);
    await aerie.close();
    for (const { status, problem } of results) expect(problem?.hint ?? status).toMatch(/stored|\w/);
    const stored = results.filter(({ status }) => status === 'stored');
    expect(stored.length).toBeGreaterThan(3);
    const to = join(folder, 'inner', 'export');
    mkdirSync(to, { recursive: true });
    const { files } = await ada.must('export', '--project', 'Names', '--to', to);
    expect(files).toHaveLength(stored.length);
    const written = readdirSync(join(folder, 'inner'), { recursive: true, encoding: 'utf8' });
    expect(written.filter((path) => path.endsWith('.pgp'))).toHaveLength(stored.length);
    expect(readdirSync(join(folder, 'inner'))).toEqual(['export']);
  }, 60_000);

  it('that are large survive Ctrl-C: what arrived is kept, and the same command goes on', async () => {
    const path = join(folder, 'large.bin');
    writeFileSync(path, randomBytes(192 * mebibyte));
    await ada.must('project', 'create', 'Large');
    const first = ada.start(['ingest', path, '--project', 'Large', '--json']);
    const ended = finished(first);
    const before = treeBytes(server.dataDir);
    await until(
      async () => treeBytes(server.dataDir),
      (bytes) => bytes > before + 40 * mebibyte || first.exitCode !== null,
      30_000,
    );
    first.kill('SIGINT');
    const { code, outcome } = await ended;
    expect({ code, error: outcome.error }).toMatchObject({
      code: 130,
      error: { code: 'interrupted', hint: expect.stringMatching(/same command again/) },
    });
    expect(await ada.must('list', '--project', 'Large')).toEqual([]);

    const again = await ada.say('ingest', path, '--project', 'Large');
    expect(again.stderr).toMatch(/resumed .*large\.bin: [1-9]\d* of \d+ parts were there already/);
    expect(again.code).toBe(0);
    const [media] = await ada.must('list', '--project', 'Large');
    await ada.must('get', media.mediaId, '--out', join(folder, 'large-back'));
    expect(await sha256OfFile(join(folder, 'large-back'))).toBe(await sha256OfFile(path));
  }, 120_000);
});

/** Takes the file away while the process reads it, as a card pulled out would. */
async function unlinkOnceOpen(pid: number, path: string): Promise<void> {
  const held = () => readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  await until(held, (paths) => paths.includes(path), 60_000, 5);
  unlinkSync(path);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function* inMemory(names: string[]): AsyncGenerator<IngestInput> {
  for (const [index, name] of names.entries()) {
    const bytes = Buffer.from(`contents ${index}`);
    const sha256 = async () => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const read = async (start: number, end: number) => Uint8Array.from(bytes.subarray(start, end));
    const source = { bytes: bytes.length, read, sha256, assertUnchanged: async () => {}, close: async () => {} };
    const rest = {
      folder: '',
      mime: 'text/plain',
      modifiedAt: null,
      resumeKey: null,
      captureFacts: async () => ({}),
      makePictures: async () => ({}),
    };
    yield { path: `item ${index}`, name, source, ...rest };
  }
}

function treeBytes(folder: string): number {
  return Number(
    execFileSync('du', ['-s', '-b', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\t')[0],
  );
}
