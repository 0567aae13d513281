import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as openpgp from 'openpgp';
import { finished } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

const fileBytes = 3 * 262_144 + 17;

describe('A file that was stored', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;
  let mediaId: string;
  const contents = randomBytes(fileBytes);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-range-'));
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Survey');
    writeFileSync(join(folder, 'survey.bin'), contents);
    ({ mediaId } = await ada.must('ingest', join(folder, 'survey.bin'), '--project', 'Survey'));
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe('is read by range', () => {
    it.each([
      [0, 0],
      [0, 1023],
      [262_143, 262_144],
      [262_144, 524_287],
      [fileBytes - 1, fileBytes - 1],
      [0, fileBytes - 1],
    ])('from octet %i to %i, both included', async (first, last) => {
      const out = join(folder, `range-${first}-${last}`);
      const { bytes } = await ada.must('get', mediaId, '--out', out, '--range', `${first}-${last}`);
      expect(bytes).toBe(last - first + 1);
      expect(readFileSync(out).equals(contents.subarray(first, last + 1))).toBe(true);
    });

    it.each(['9-3', '-5', 'all', '5', '0x0-9'])('is refused where the range is %s', async (range) => {
      const { code, json } = await ada.run('get', mediaId, '--out', join(folder, 'never'), `--range=${range}`);
      expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'usage.invalid' });
    });

    it('is refused beyond the end, and writes nothing', async () => {
      const { code, json } = await ada.run(
        'get',
        mediaId,
        '--out',
        join(folder, 'never'),
        '--range',
        `${fileBytes}-${fileBytes + 9}`,
      );
      expect({ code, error: json.error.code }).toEqual({ code: 1, error: expect.stringMatching(/range/) });
      expect(readdirSync(folder).filter((name) => /never|partial/.test(name))).toEqual([]);
    });
  });

  it('is written over nothing, unless that is asked for', async () => {
    const out = join(folder, 'mine.txt');
    writeFileSync(out, 'mine');
    expect(await ada.run('get', mediaId, '--out', out)).toMatchObject({
      code: 1,
      json: { error: { code: 'file.exists' } },
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await ada.must('get', mediaId, '--out', out, '--force');
    expect(readFileSync(out).equals(contents)).toBe(true);
  });

  it('goes to standard output, and to nothing else, where that is asked for', async () => {
    const child = ada.start(['get', mediaId, '--out', '-']);
    const pieces: Buffer[] = [];
    for await (const piece of child.stdout!) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).equals(contents)).toBe(true);
  });

  it('is verified with everything that belongs to it', async () => {
    const verified = await ada.must('verify', '--project', 'Survey');
    expect(verified).toMatchObject({ ok: true, media: [{ mediaId, ok: true }] });
    expect(verified.media[0].checks).toEqual(expect.arrayContaining(['manifest', 'receipt', 'meta', 'original']));
  });

  it('is exported with the key, so that any OpenPGP program opens it', async () => {
    const to = join(folder, 'export');
    const back = `${basename(folder)}/survey.bin`;
    await ada.must('key', 'export', '--secret', '--out', join(folder, 'member.key'));
    expect(statSync(join(folder, 'member.key')).mode & 0o777).toBe(0o600);
    const { files } = await ada.must('export', '--project', 'Survey', '--to', to);
    expect(files).toMatchObject([{ mediaId, path: `${back}.pgp`, name: 'survey.bin' }]);
    const decryptionKeys = await openpgp.readPrivateKey({
      armoredKey: readFileSync(join(folder, 'member.key'), 'utf8'),
    });
    const message = await openpgp.readMessage({
      binaryMessage: Uint8Array.from(readFileSync(join(to, `${back}.pgp`))),
    });
    const { data } = await openpgp.decrypt({ message, decryptionKeys, format: 'binary' });
    expect(contents.equals(data as Uint8Array)).toBe(true);
    expect(readFileSync(join(to, 'VERIFY.md'), 'utf8')).toContain('rsop verify');
    for (const suffix of ['manifest.json', 'manifest.json.sig', 'receipt.txt'])
      expect(existsSync(join(to, `${back}.${suffix}`))).toBe(true);
  });

  it('is exported a second time over nothing', async () => {
    const before = readFileSync(join(folder, 'export', basename(folder), 'survey.bin.pgp'));
    const { files } = await ada.must('export', '--project', 'Survey', '--to', join(folder, 'export'));
    expect(files).toMatchObject([{ mediaId, isKept: true }]);
    // A new message would have another session key packet.
    expect(readFileSync(join(folder, 'export', basename(folder), 'survey.bin.pgp')).equals(before)).toBe(true);
  });

  it('gives its key away locked where a passphrase is set, and warns where none is', async () => {
    const out = join(folder, 'locked.key');
    const run = ada.start(['key', 'export', '--secret', '--out', out, '--json'], {
      AERIE_EXPORT_PASSPHRASE: 'for the road',
    });
    expect((await finished(run)).json).toMatchObject({ secret: true, locked: true });
    const locked = await openpgp.readPrivateKey({ armoredKey: readFileSync(out, 'utf8') });
    expect(locked.isDecrypted()).toBe(false);
    expect((await ada.say('key', 'export', '--secret', '--out', `${out}.open`)).stderr).toMatch(/NOT locked/);
    await ada.must('key', 'export', '--out', `${out}.pub`);
    expect((await openpgp.readKey({ armoredKey: readFileSync(`${out}.pub`, 'utf8') })).isPrivate()).toBe(false);
  });
});
