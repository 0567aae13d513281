import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cli } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

interface Listed {
  mediaId: string;
  path: string;
  aliases: string[];
}

describe('A pilot ingests one file under several names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-names-'));
  const tablet = new Cli();
  let server: RunningServer;
  let ada: Owner;
  let projectId: string;

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    ({ projectId } = await ada.must('project', 'create', 'Names'));
    const enrollment = join(folder, 'tablet.enrollment');
    const enroll = ['--upload-only', '--label', 'Tablet', '--project', projectId, '--out', enrollment];
    await ada.must('device', 'enroll', ...enroll);
    await tablet.must('join', enrollment);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, tablet]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  function write(path: string, content: Uint8Array): string {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return join(folder, path);
  }
  const ingest = async (by: Cli, ...paths: string[]) => {
    const results = [await by.must('ingest', ...paths, '--project', projectId)].flat();
    return results.map(({ status, mediaId, storedAs }) => ({ status, mediaId, storedAs }));
  };
  const listed = async (mediaId: string): Promise<Listed> =>
    [await ada.must('list', '--project', projectId)].flat().find((one: Listed) => one.mediaId === mediaId);

  it('hears what it is stored as, and finds it by each of its names and folders, each once', async () => {
    write('CARD/100MEDIA/DJI_0061.JPG', randomBytes(2_000));
    const [first] = await ingest(ada, join(folder, 'CARD'));
    cpSync(join(folder, 'CARD/100MEDIA/DJI_0061.JPG'), write('Report/bridge.jpg', new Uint8Array()));
    const again = { status: 'already-stored', mediaId: first!.mediaId };
    const storedAs = 'CARD/100MEDIA/DJI_0061.JPG';
    for (let times = 0; times < 2; times++) {
      expect(await ingest(ada, join(folder, 'Report'))).toEqual([{ ...again, storedAs }]);
      expect(await ingest(ada, join(folder, 'CARD'))).toEqual([{ ...again, storedAs: null }]);
      expect(await listed(first!.mediaId)).toMatchObject({ path: storedAs, aliases: ['Report/bridge.jpg'] });
    }
    const said = await ada.say('list', '--project', projectId);
    expect(said.stdout).toContain('also Report/bridge.jpg');
    const told = await ada.say('ingest', join(folder, 'Report'), '--project', projectId);
    expect(told.stdout + told.stderr).toMatch(
      /already stored {2}\S*bridge\.jpg \(.*, as CARD\/100MEDIA\/DJI_0061\.JPG\)/,
    );
  }, 120_000);

  it('keeps both names of a file that one card holds twice', async () => {
    const content = randomBytes(2_000);
    write('TWICE/100MEDIA/DJI_0001.JPG', content);
    write('TWICE/101MEDIA/DJI_0009.JPG', content);
    const results = await ingest(ada, join(folder, 'TWICE'));
    expect(results.map(({ status }) => status).sort()).toEqual(['already-stored', 'stored']);
    const { path, aliases } = await listed(results[0]!.mediaId);
    expect([path, ...aliases].sort()).toEqual(['TWICE/100MEDIA/DJI_0001.JPG', 'TWICE/101MEDIA/DJI_0009.JPG']);
  }, 60_000);

  it('has two files of two empty ones, and no third of the same', async () => {
    const empty = [write('a.srt', new Uint8Array()), write('b.srt', new Uint8Array())];
    const stored = await ingest(ada, ...empty);
    expect(new Set(stored.map(({ mediaId }) => mediaId)).size).toBe(2);
    expect(await ingest(ada, ...empty)).toEqual(
      expect.arrayContaining(stored.map((one) => ({ ...one, status: 'already-stored' }))),
    );
    for (const { mediaId } of stored) expect(await listed(mediaId)).toMatchObject({ aliases: [] });
  }, 60_000);

  it('can do so on a device that only uploads, and the owner reads the name', async () => {
    const content = randomBytes(2_000);
    const [first] = await ingest(tablet, write('SD/DJI_0100.MP4', content));
    const [again] = await ingest(tablet, write('copy/river.mp4', content));
    expect(again).toEqual({ status: 'already-stored', mediaId: first!.mediaId, storedAs: 'SD/DJI_0100.MP4' });
    await ingest(tablet, join(folder, 'copy/river.mp4'));
    expect(await listed(first!.mediaId)).toMatchObject({
      path: 'SD/DJI_0100.MP4',
      aliases: ['copy/river.mp4'],
    });
  }, 60_000);

  it('can check the project afterwards, and reads every name in the report', async () => {
    const report = await ada.must('verify', '--project', projectId);
    expect(report).toMatchObject({ ok: true });
    const about = (report.media as Listed[]).find(({ path }) => path === 'CARD/100MEDIA/DJI_0061.JPG');
    expect(about).toMatchObject({ aliases: ['Report/bridge.jpg'] });
  }, 60_000);

  it('gets the file back under every name, of its own time each, and fetches it once', async () => {
    const content = randomBytes(20_000);
    const names = Array.from({ length: 32 }, (_, i) => `MANY/${100 + i}MEDIA/DJI_0001.JPG`);
    for (const [i, name] of names.entries()) utimesSync(write(name, content), i + 1, i + 1);
    await ada.must('project', 'create', 'Many');
    await ada.must('ingest', join(folder, 'MANY'), '--project', 'Many');
    const many: Listed[] = [await ada.must('list', '--project', 'Many')].flat();
    expect(many.map(({ aliases }) => aliases.length)).toEqual([31]);

    const out = join(folder, 'out');
    const fetched = () => server.logs().split('"route":"/api/v1/media/:mediaId/blobs/:blobId"').length;
    const exported = async () => {
      const before = fetched();
      const { files } = await ada.must('export', '--project', 'Many', '--to', out);
      return { requests: fetched() - before, file: files[0] as { path: string; copies: string[]; isKept: boolean } };
    };
    const first = await exported();
    expect(first).toMatchObject({ requests: 1, file: { isKept: false } });
    const written = [first.file.path, ...first.file.copies];
    expect([...written].sort()).toEqual(names.map((name) => `${name}.pgp`));
    for (const [i, name] of names.entries()) {
      const path = join(out, `${name}.pgp`);
      expect(readFileSync(path).equals(readFileSync(join(out, written[0]!)))).toBe(true);
      expect(statSync(path).mtimeMs).toBe((i + 1) * 1000);
      expect(readdirSync(dirname(path))).toHaveLength(4);
    }

    // What is there is checked: each is a message of that content, for its key.
    expect(await exported()).toMatchObject({ requests: 0, file: { isKept: true } });
    rmSync(join(out, written[7]!));
    expect(await exported()).toMatchObject({ requests: 0, file: { isKept: false } });
    expect(readFileSync(join(out, written[7]!)).equals(readFileSync(join(out, written[0]!)))).toBe(true);
  }, 120_000);
});
