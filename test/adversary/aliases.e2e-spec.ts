import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aliasesPerMediaMax, type AliasRecord } from '@aerie/protocol';
import { aliasBody } from '../support/aliases.js';
import { enrollDrone } from '../support/drone.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { RawDevice, type SealedFile } from '../support/raw.js';
import { Stored } from '../support/stored.js';

describe('A device that gives names to files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-aliases-'));
  let harbor: Harbor;
  let ada: RawDevice;
  let tablet: RawDevice;
  let stored: Stored;
  let projectId: string;
  let file: SealedFile;

  const name = async (device: RawDevice, of: SealedFile, change: Partial<AliasRecord> = {}, path = 'x/y.jpg') =>
    (
      await device.send('addAlias', {
        params: { mediaId: of.mediaId },
        body: await aliasBody(device, of, path, change),
      })
    ).code;
  const names = async (of: SealedFile) => (await ada.aerie.media.read(of.mediaId)).aliases;
  const store = async (device: RawDevice): Promise<SealedFile> => {
    const sealed = await device.seal(projectId, randomBytes(400));
    expect((await device.bundle(projectId, [sealed])).json.outcomes[0].receipt).toBeDefined();
    return sealed;
  };

  beforeAll(async () => {
    ({ ada, stored, projectId } = harbor = await openHarbor());
    tablet = await enrollDrone(ada, projectId);
    file = await store(ada);
  }, 120_000);

  afterAll(async () => {
    await ada?.aerie.close();
    await tablet?.aerie.close();
    await harbor?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it.each<[string, Partial<AliasRecord>, string]>([
    ['another media', { mediaId: randomUUID() }, 'record.mismatch'],
    ['another project', { projectId: randomUUID() }, 'record.mismatch'],
    ['another organization', { organizationId: randomUUID() }, 'record.mismatch'],
    ['another manifest', { manifest: `${'A'.repeat(43)}=` }, 'record.mismatch'],
    ['another signer', { signer: { memberId: randomUUID(), deviceId: randomUUID() } }, 'record.mismatch'],
    ['an epoch that is not the newest', { epoch: 7 }, 'project.epoch_stale'],
  ])('is refused where the record is about %s', async (_, change, code) => {
    expect(await name(ada, file, change)).toBe(code);
    expect(await names(file)).toEqual([]);
  });

  it('is refused where octets, id or session key are not those of the record', async () => {
    const send = async (body: unknown) =>
      (await ada.send('addAlias', { params: { mediaId: file.mediaId }, body })).code;
    const good = await aliasBody(ada, file, 'x.jpg');
    const other = await aliasBody(ada, file, 'x.jpg');
    expect(await send({ ...good, sealed: other.sealed })).toBe('media.manifest_invalid');
    expect(await send({ ...good, pkesk: other.pkesk })).toBe('media.manifest_invalid');
    const foreign = await aliasBody(tablet, file, 'x.jpg');
    expect(await send(foreign)).toBe('record.signature_invalid');
    expect(await names(file)).toEqual([]);
  });

  it('names a file that it may read, or that it stored itself, and no other', async () => {
    const own = await store(tablet);
    expect(await name(tablet, file)).toBe('media.unknown');
    expect(await name(tablet, { ...file, mediaId: randomUUID() })).toBe('media.unknown');
    expect(await name(tablet, own, {}, 'by/tablet.mp4')).toBe('ok');
    expect(await name(ada, own, {}, 'by/ada.mp4')).toBe('ok');
    expect(await names(own)).toEqual(['by/ada.mp4', 'by/tablet.mp4']);
  });

  it('adds one name by one record, however often it is sent, and no more than there may be', async () => {
    const own = await store(ada);
    const body = await aliasBody(ada, own, 'once.jpg');
    const send = async () => (await ada.send('addAlias', { params: { mediaId: own.mediaId }, body })).code;
    expect(await Promise.all([send(), send(), send()])).toEqual(['ok', 'ok', 'ok']);
    expect(await names(own)).toEqual(['once.jpg']);
    const further = Array.from({ length: aliasesPerMediaMax + 3 }, (_, i) => name(ada, own, {}, `${i}.jpg`));
    const codes = await Promise.all(further);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(aliasesPerMediaMax - 1);
    expect(codes.filter((code) => code === 'media.too_many_names')).toHaveLength(4);
    expect(await names(own)).toHaveLength(aliasesPerMediaMax);
  }, 60_000);

  it('shows no name that a server moves to another file, or whose record it alters', async () => {
    const own = await store(ada);
    const other = await store(ada);
    expect(await name(ada, own, {}, 'true.jpg')).toBe('ok');
    const flip =
      'UPDATE alias SET signature = set_byte(signature, 40, 255 - get_byte(signature, 40)) WHERE media_id IN ($1, $2)';
    const forgeries: [string, string][] = [
      ['UPDATE alias SET media_id = $2 WHERE media_id = $1', 'UPDATE alias SET media_id = $1 WHERE media_id = $2'],
      [flip, flip],
    ];
    for (const [forge, mend] of forgeries) {
      expect(await names(own)).toEqual(['true.jpg']);
      await stored.query(forge, [own.mediaId, other.mediaId]);
      expect([await names(own), await names(other)]).toEqual([[], []]);
      await stored.query(mend, [own.mediaId, other.mediaId]);
    }
    expect(await names(own)).toEqual(['true.jpg']);
  }, 60_000);

  it('cannot keep a pilot from storing a file by using up its names', async () => {
    const ingest = (path: string) => harbor.owner.must('ingest', path, '--project', projectId);
    const at = (path: string): string => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), 'the same in every folder');
      return join(folder, path);
    };
    const { mediaId } = await ingest(at('first/x.txt'));
    const view = (await ada.send('readMedia', { params: { mediaId } })).json;
    const first = { mediaId, projectId, commit: { manifest: view.manifest } } as SealedFile;
    for (let i = 0; i < aliasesPerMediaMax; i++) expect(await name(ada, first, {}, `${i}/x.txt`)).toBe('ok');
    const again = await ingest(at('last/x.txt'));
    expect(again).toMatchObject({ status: 'stored', mediaId: expect.not.stringContaining(mediaId) });
    for (const path of ['last/x.txt', 'further/x.txt'])
      expect(await ingest(at(path))).toMatchObject({ status: 'already-stored', mediaId: again.mediaId });
    expect(await ingest(at('first/x.txt'))).toMatchObject({ status: 'already-stored', mediaId });
  }, 120_000);
});
