import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { foundBy, inParallel, sha256OfFile, until, type Owner } from '../support/people.js';
import { embeddedProfile, fullProfile, hasFullProfile, type Profile } from '../support/profiles.js';
import { sampleFolder, samplesIn } from '../support/samples.js';
import { startServer, type RunningServer } from '../support/server.js';

interface Listed {
  mediaId: string;
  name: string;
  bytes: number;
  mime: string;
  sha256: string;
  verified: boolean;
  previews: string[];
  rendering: string;
}

const card = sampleFolder();
const profiles: [string, () => Promise<Profile>][] = [['the embedded profile', async () => embeddedProfile]];
if (card && hasFullProfile()) profiles.push(['PostgreSQL, Redis and MinIO', fullProfile]);
const ingestMsMax = 180_000;
const fetchMsMax = 600_000;

(card ? describe : describe.skip).each(profiles)('A pilot ingests a card of real footage on %s', (_, openProfile) => {
  const samples = card ? samplesIn(card) : [];
  let profile: Profile;
  let server: RunningServer;
  let pilot: Owner;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-back-'));
    profile = await openProfile();
    server = await startServer({ env: profile.env, renderer: true });
    pilot = await foundBy(server);
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    pilot?.remove();
    await profile?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe.each(['sealed', 'assisted'])('with %s previews', (previews) => {
    let projectId: string;
    let listed: Listed[];

    it('creates the project', async () => {
      const create = () => pilot.run('project', 'create', `Card, ${previews}`, '--previews', previews);
      // An assisted project needs a renderer that has introduced itself, which takes it a few seconds.
      const made = await until(
        create,
        ({ code, json }) => code === 0 || json?.error?.code !== 'renderer.unknown',
        30_000,
      );
      expect(made.json).toMatchObject({ projectId: expect.any(String), previews });
      projectId = made.json.projectId;
    }, 60_000);

    it(
      'stores every file and gets a receipt for each',
      async () => {
        const { code, json, stdout } = await pilot.run('ingest', card!, '--project', projectId);
        expect(stdout.split('\n').filter((line) => line.includes('"failed"'))).toEqual([]);
        expect(code).toBe(0);
        expect(json).toHaveLength(samples.length);
        for (const result of json) {
          expect(result).toMatchObject({
            mediaId: expect.any(String),
            receipt: expect.stringContaining('/receipt/v1'),
          });
        }
        const stored = json.filter(({ status }: { status: string }) => status === 'stored');
        expect(new Set(stored.map(({ path }: { path: string }) => path)).size).toBe(stored.length);
      },
      ingestMsMax,
    );

    it('lists them, verified, by name and size', async () => {
      const list = () => pilot.must('list', '--project', projectId) as Promise<Listed[]>;
      listed = await until(list, (media) => media.every(({ rendering }) => rendering !== 'due'), 120_000);
      expect(listed.filter(({ verified }) => !verified)).toEqual([]);
      const bySha = new Set(listed.map(({ sha256 }) => sha256));
      const missing = [];
      for (const sample of samples) if (!bySha.has(await sha256OfFile(sample.path))) missing.push(sample.name);
      expect(missing).toEqual([]);
      const names = new Set(samples.map(({ name, bytes }) => `${basename(name)} ${bytes}`));
      expect(listed.filter(({ name, bytes }) => !names.has(`${name} ${bytes}`))).toEqual([]);
    }, 130_000);

    it(
      'gets every file back, octet for octet',
      async () => {
        const altered: string[] = [];
        await inParallel(listed, 3, async ({ mediaId, name, sha256 }) => {
          const out = join(folder, `${previews}-${mediaId}`);
          await pilot.must('get', mediaId, '--out', out);
          if ((await sha256OfFile(out)) !== sha256) altered.push(name);
          rmSync(out);
        });
        expect(altered).toEqual([]);
      },
      fetchMsMax,
    );

    it(
      'has a thumbnail of every photo that a person can look at',
      async () => {
        const photos = listed.filter(({ mime }) => mime.startsWith('image/'));
        expect(photos.length).toBeGreaterThanOrEqual(
          samples.filter(({ name }) => /\.(jpe?g|tiff?)$/i.test(name)).length,
        );
        expect(photos.filter((photo) => !photo.previews.includes('thumb')).map(({ name }) => name)).toEqual([]);
        await inParallel(photos, 3, async ({ mediaId }) => {
          const out = join(folder, `${previews}-${mediaId}.thumb`);
          await pilot.must('preview', mediaId, '--size', 'thumb', '--out', out);
          const { width, height, format } = await sharp(out).metadata();
          expect({ format, side: Math.max(width, height) }).toEqual({ format: 'jpeg', side: 320 });
          // A single colour is no picture.
          const { channels } = await sharp(out).stats();
          expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(5);
        });
      },
      fetchMsMax,
    );

    it(
      'skips what is stored when the card is put in again, and says so',
      async () => {
        const { code, json } = await pilot.run('ingest', card!, '--project', projectId);
        expect(code).toBe(0);
        expect(new Set(json.map(({ status }: { status: string }) => status))).toEqual(new Set(['already-stored']));
        expect(await pilot.must('list', '--project', projectId)).toHaveLength(listed.length);
      },
      ingestMsMax,
    );
  });
});
