import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { finished } from '../support/cli.js';
import { leaveOut } from '../support/left-out.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';

const mebibyte = 1024 * 1024;
const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** A device of our own to write into: the system's should survive a test that fails. */
function makesDevice(path: string): boolean {
  try {
    execFileSync('mknod', [path, 'c', '1', '3'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('An analyst writes files', () => {
  let server: RunningServer;
  let proxy: SlowProxy;
  let ada: Owner;
  let folder: string;
  const content = randomBytes(3_000_000);
  const large = randomBytes(64 * mebibyte);
  let small: string;
  let big: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-writes-'));
    server = await startServer();
    proxy = await startSlowProxy(server.url);
    ada = await foundBy({ url: proxy.url, setupToken: server.setupToken });
    await ada.must('project', 'create', 'Survey');
    writeFileSync(join(folder, 'small.bin'), content);
    writeFileSync(join(folder, 'big.bin'), large);
    writeFileSync(join(folder, 'x.manifest.json'), 'a file with the name of a manifest');
    writeFileSync(join(folder, 'x'), 'the file whose manifest that would be');
    writeFileSync(join(folder, 'y.pgp'), 'a file with the name of a message');
    for (const name of ['small.bin', 'x', 'x.manifest.json', 'y.pgp', 'big.bin'])
      await ada.must('ingest', join(folder, name), '--project', 'Survey');
    const listed: { mediaId: string; name: string }[] = await ada.must('list', '--project', 'Survey');
    const idOf = (name: string): string => listed.find((one) => one.name === name)!.mediaId;
    [small, big] = [idOf('small.bin'), idOf('big.bin')];
  }, 300_000);

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe('into what is no regular file', () => {
    it('into a pipe, which stays one, and whose reader gets every byte', async () => {
      const [pipe, copy] = [join(folder, 'pipe'), join(folder, 'from-pipe')];
      execFileSync('mkfifo', [pipe]);
      const get = finished(ada.start(['get', small, '--out', pipe, '--force', '--json']));
      const reader = spawn('sh', ['-c', `cat '${pipe}' > '${copy}'`]);
      const result = await get;
      reader.kill();
      expect({ code: result.code, isPipe: lstatSync(pipe).isFIFO() }).toEqual({ code: 0, isPipe: true });
      expect(readFileSync(copy).equals(content)).toBe(true);
    }, 60_000);

    it('and may stop while no program reads the pipe', async () => {
      const pipe = join(folder, 'lonely');
      execFileSync('mkfifo', [pipe]);
      const child = ada.start(['get', small, '--out', pipe]);
      let said = '';
      child.stderr!.on('data', (piece: Buffer) => (said += piece.toString()));
      const ended = finished(child);
      await until(
        async () => said,
        (text) => text.includes('Waiting for a program that reads'),
        60_000,
      );
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ code: 143 });
    }, 60_000);

    it('into a device, which stays one', async () => {
      const device = join(folder, 'null');
      if (!makesDevice(device))
        return leaveOut('writing into a device', 'run as a user who may make one, such as root');
      const { code } = await ada.run('get', small, '--out', device, '--force');
      expect({ code, isDevice: lstatSync(device).isCharacterDevice() }).toEqual({ code: 0, isDevice: true });
    });

    it('through a link only with --force, and then into what it leads to, which keeps its mode', async () => {
      const [target, link] = [join(folder, 'target.bin'), join(folder, 'link.bin')];
      writeFileSync(target, 'before');
      chmodSync(target, 0o600);
      symlinkSync('target.bin', link);
      expect((await ada.run('get', small, '--out', link)).outcome.error.code).toBe('file.exists');
      expect(readFileSync(target, 'utf8')).toBe('before');
      await ada.must('get', small, '--out', link, '--force');
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(target).equals(content)).toBe(true);
      expect(statSync(target).mode & 0o777).toBe(0o600);
    });

    it('nor in the place of a folder, or of a link to nothing', async () => {
      mkdirSync(join(folder, 'a-folder'));
      symlinkSync('nowhere', join(folder, 'dangling'));
      const codes = [];
      for (const name of ['a-folder', 'dangling'])
        codes.push((await ada.run('get', small, '--out', join(folder, name), '--force')).outcome.error.code);
      expect(codes).toEqual(['file.special', 'file.exists']);
      expect(lstatSync(join(folder, 'dangling')).isSymbolicLink()).toBe(true);
    });
  });

  it('but no range past the end of one, which is not the fault of the server', async () => {
    const out = join(folder, 'range.bin');
    const { code, outcome } = await ada.run('get', small, '--out', out, '--range', '2999999-3000000');
    expect({ code, error: outcome.error }).toMatchObject({
      code: 1,
      error: { code: 'range.outside', title: expect.stringContaining('3000000 bytes') },
    });
    expect(outcome.error.hint).not.toMatch(/operator|server/);
  });

  describe.each(signals)('and is stopped by %s', (signal, code) => {
    /**
     * Sends the signal once more than that has been written in that folder, and gives how the command ended. Of a large file
     * only the beginning comes until then.
     */
    async function stopped(args: string[], where: string, bytesMin: number) {
      proxy.answerBytesMax = large.length / 2;
      const child = ada.start([...args, '--json']);
      const ended = finished(child);
      await until(
        async () => bytesIn(where),
        (bytes) => bytes > bytesMin || child.exitCode !== null,
        60_000,
      );
      child.kill(signal);
      return ended.finally(() => (proxy.answerBytesMax = undefined));
    }

    it('while one is decrypted: nothing of it stays', async () => {
      const where = join(folder, `get-${signal}`);
      mkdirSync(where);
      const result = await stopped(['get', big, '--out', join(where, 'big.bin')], where, mebibyte);
      expect({ code: result.code, error: result.outcome?.error?.code }).toEqual({ code, error: 'interrupted' });
      expect(readdirSync(where)).toEqual([]);
    }, 120_000);

    it('while many are exported: those that are there are whole, and the same command goes on', async () => {
      const where = join(folder, `export-${signal}`);
      mkdirSync(where);
      // Oldest first: the others are there, and the large one is under way.
      const first = await stopped(['export', '--project', 'Survey', '--to', where], where, content.length + mebibyte);
      expect({ code: first.code, error: first.outcome?.error?.code }).toEqual({ code, error: 'interrupted' });
      const left = filesIn(where).filter((path) => /(^|\/)(\.|big\.bin)/.test(path));
      expect(left).toEqual([]);
      const again = await ada.must('export', '--project', 'Survey', '--to', where);
      const kept = new Map(again.files.map(({ name, isKept }: { name: string; isKept: boolean }) => [name, isKept]));
      expect(kept.get('small.bin')).toBe(true);
      expect(kept.get('big.bin')).toBe(false);
      expect(statSync(join(where, basename(folder), 'big.bin.pgp')).size).toBeGreaterThan(large.length);
    }, 180_000);
  });

  it('and an export goes on over nothing that is not its own', async () => {
    const where = join(folder, 'export-altered');
    await ada.must('export', '--project', 'Survey', '--to', where);
    const message = join(where, basename(folder), 'small.bin.pgp');
    const altered = readFileSync(message);
    altered[altered.length - 100]! ^= 1;
    writeFileSync(message, altered);
    const { code, outcome } = await ada.run('export', '--project', 'Survey', '--to', where);
    expect({ code, error: outcome.error.code }).toEqual({ code: 1, error: 'export.incomplete' });
    const problems = outcome.result.files.map((file: { name: string; problem?: { code: string } }) => [
      file.name,
      file.problem?.code ?? null,
    ]);
    expect(new Map(problems).get('small.bin')).toBe('export.differs');
    expect(problems.filter(([, problem]: [string, string | null]) => problem)).toHaveLength(1);
    expect(readFileSync(message).equals(altered)).toBe(true);
  }, 120_000);

  it('and what VERIFY.md tells to type opens every file beside the export, and replaces nothing of it', async () => {
    const where = join(folder, 'export-opened');
    await ada.must('export', '--project', 'Survey', '--to', where);
    const before = new Map(filesIn(where).map((name) => [name, readFileSync(join(where, name))]));
    const [, script] = /```sh\n([^]*?)```/.exec(readFileSync(join(where, 'VERIFY.md'), 'utf8'))!;
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // Stands for the program that opens: what it writes only has to be told from what is there.
    writeFileSync(join(bin, 'rsop'), '#!/bin/sh\n[ "$1" = verify ] && exit 0\necho opened\n', { mode: 0o755 });
    execFileSync('sh', ['-c', script!], { cwd: where, env: { PATH: `${bin}:${process.env.PATH}` } });
    for (const [name, octets] of before)
      expect([name, readFileSync(join(where, name)).equals(octets)]).toEqual([name, true]);
    const opened = filesIn(join(where, 'opened', basename(folder)));
    expect(opened.sort()).toEqual(['big.bin', 'small.bin', 'x', 'x.manifest.json', 'y.pgp']);
  }, 120_000);
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
}

function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
