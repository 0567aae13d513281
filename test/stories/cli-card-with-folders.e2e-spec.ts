import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

interface Listed {
  mediaId: string;
  name: string;
  path: string;
  modifiedAt: string;
}

describe('A pilot ingests cards whose folders hold files of the same names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-folders-'));
  const takenAt = new Date('2024-06-01T10:00:00Z');
  const contents = new Map<string, Buffer>();
  let server: RunningServer;
  let pilot: Owner;
  let projectId: string;
  let listed: Listed[];

  /** Two folders with the same names in them, and a log elsewhere. */
  function writeCard(place: string): void {
    for (const path of ['DCIM/100MEDIA/DJI_0001.MP4', 'DCIM/101MEDIA/DJI_0001.MP4', 'LOGS/DJI_0001.TXT', 'readme']) {
      const file = join(folder, place, 'CARD', path);
      mkdirSync(dirname(file), { recursive: true });
      const content = randomBytes(2000);
      contents.set(`${place}/CARD/${path}`, content);
      writeFileSync(file, content);
      utimesSync(file, takenAt, takenAt);
    }
  }

  beforeAll(async () => {
    server = await startServer();
    pilot = await foundBy(server);
    ({ projectId } = await pilot.must('project', 'create', 'Folders'));
    for (const place of ['first', 'second']) {
      writeCard(place);
      await pilot.must('ingest', join(folder, place, 'CARD'), '--project', projectId);
    }
    listed = await pilot.must('list', '--project', projectId);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    pilot?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('is shown each file with its folder', async () => {
    const paths = ['DCIM/100MEDIA/DJI_0001.MP4', 'DCIM/101MEDIA/DJI_0001.MP4', 'LOGS/DJI_0001.TXT', 'readme'];
    const both = paths.flatMap((path) => [`CARD/${path}`, `CARD/${path}`]);
    expect(listed.map(({ path }) => path).sort()).toEqual(both.sort());
    const said = await pilot.say('list', '--project', projectId);
    expect(said.stdout).toContain('CARD/DCIM/101MEDIA/DJI_0001.MP4');
  }, 60_000);

  it('gets a file back with the time at which the camera wrote it', async () => {
    const out = join(folder, 'back.mp4');
    await pilot.must('get', listed[0]!.mediaId, '--out', out);
    expect(statSync(out).mtime).toEqual(takenAt);
  }, 60_000);

  it('exports each card into a folder of its own, in its folders, with its times', async () => {
    const to = join(folder, 'export');
    const { files } = [await pilot.must('export', '--project', projectId, '--to', to)].flat().at(-1);
    expect(files.filter(({ problem }: { problem?: unknown }) => problem)).toEqual([]);
    const sizes = new Set<string>();
    for (const [of, back] of [
      ['first', 'CARD'],
      ['second', 'CARD-2'],
    ] as const) {
      for (const path of ['DCIM/100MEDIA/DJI_0001.MP4', 'DCIM/101MEDIA/DJI_0001.MP4', 'LOGS/DJI_0001.TXT', 'readme']) {
        const exported = join(to, back, path);
        expect(existsSync(`${exported}.manifest.json.sig`)).toBe(true);
        expect(statSync(`${exported}.pgp`).mtime).toEqual(takenAt);
        const { mediaId } = JSON.parse(readFileSync(`${exported}.manifest.json`, 'utf8')) as { mediaId: string };
        const out = join(folder, mediaId);
        await pilot.must('get', mediaId, '--out', out);
        expect(readFileSync(out).equals(contents.get(`${of}/CARD/${path}`)!)).toBe(true);
        sizes.add(mediaId);
      }
    }
    expect(sizes.size).toBe(8);
  }, 180_000);

  it('is told the folder also of files that a shell names one by one', async () => {
    const named = join(folder, 'third', '102MEDIA', 'DJI_0001.JPG');
    mkdirSync(dirname(named), { recursive: true });
    writeFileSync(named, randomBytes(100));
    const { mediaId } = await pilot.must('ingest', named, '--project', projectId);
    const again: Listed[] = await pilot.must('list', '--project', projectId);
    expect(again.find((media) => media.mediaId === mediaId)).toMatchObject({ path: '102MEDIA/DJI_0001.JPG' });
  }, 60_000);
});
