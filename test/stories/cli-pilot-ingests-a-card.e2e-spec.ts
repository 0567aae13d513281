import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { Aerie } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import { initBy, sha256OfFile, until, type Owner } from '../support/people.js';
import { embeddedProfile, fullProfile, hasFullProfile, type Profile } from '../support/profiles.js';
import { sampleFolder, samplesIn } from '../support/samples.js';
import { startProcess, type ServerProcess } from '../support/server.js';

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
type Run = readonly [string, () => Promise<Profile>, readonly string[]];
const all = ['sealed', 'assisted'];
/** Each kind of previews and each profile once; AERIE_LONG=1 takes every pair of them. */
const kindsOf = (kind: string) => (process.env.AERIE_LONG === '1' ? all : [kind]);
const hasBoth = card !== undefined && hasFullProfile();
const runs: Run[] = [['the embedded profile', async () => embeddedProfile, hasBoth ? kindsOf('sealed') : all]];
if (hasBoth) runs.push(['PostgreSQL, Redis and MinIO', fullProfile, kindsOf('assisted')]);
const suite = card ? describe : describe.skip;
const ingestMsMax = 180_000;
const fetchMsMax = 180_000;

suite.each(runs)('A pilot ingests a card of real footage on %s', (_, openProfile, kinds) => {
  const samples = card ? samplesIn(card) : [];
  let profile: Profile;
  let server: ServerProcess;
  let pilot: Owner;
  let sdk: Aerie;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-back-'));
    profile = await openProfile();
    server = await startProcess({ env: profile.env, renderer: true });
    pilot = await initBy(server);
    sdk = await Aerie.open(await readKeyringFile(join(pilot.home, 'keyring.pgp'), pilot.passphrase));
  }, 90_000);

  afterAll(async () => {
    await sdk?.close();
    await server?.stop();
    pilot?.remove();
    await profile?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe.each(kinds)('with %s previews', (previews) => {
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
        expect(stdout.split('\n').filter((line) => line.startsWith('{"file"') && line.includes('"failed"'))).toEqual(
          [],
        );
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
        // A few through the command line; all of them through the SDK beneath it, without a process for each.
        for (const { mediaId, name, sha256 } of listed.filter((_media, index) => index % 20 === 0)) {
          const out = join(folder, `${previews}-${mediaId}`);
          await pilot.must('get', mediaId, '--out', out);
          if ((await sha256OfFile(out)) !== sha256) altered.push(name);
          rmSync(out);
        }
        for (const { mediaId, name, sha256 } of listed) {
          const hash = createHash('sha256');
          for await (const piece of (await sdk.media.download(mediaId)).content) hash.update(piece);
          if (hash.digest('hex') !== sha256) altered.push(name);
        }
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
        const out = join(folder, `${previews}.thumb`);
        await pilot.must('preview', photos[0]!.mediaId, '--size', 'thumb', '--out', out);
        expect(readFileSync(out).equals((await sdk.previews.read(photos[0]!.mediaId, 'thumb')).bytes)).toBe(true);
        for (const { mediaId } of photos) {
          const picture = sharp((await sdk.previews.read(mediaId, 'thumb')).bytes);
          const { width, height, format } = await picture.metadata();
          expect({ format, side: Math.max(width, height) }).toEqual({ format: 'jpeg', side: 320 });
          // A single color is no picture.
          const { channels } = await picture.stats();
          expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(5);
        }
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
