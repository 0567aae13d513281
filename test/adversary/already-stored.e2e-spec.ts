import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, type IngestItem } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import { Cli } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';
import { startTamperingProxy, type TamperingProxy } from '../support/tampering-proxy.js';

/** "Already stored" may be the reason why a card is erased. */
describe('A file whose content somebody else claims to have stored', () => {
  const msMax = 240_000;
  const folder = mkdtempSync(join(tmpdir(), 'aerie-claimed-'));
  const tablet = new Cli();
  let server: RunningServer;
  let proxy: TamperingProxy;
  let ada: Owner;
  let projectId: string;
  let hashKey: Uint8Array;
  let reads = 0;

  beforeAll(async () => {
    server = await startServer();
    proxy = await startTamperingProxy(server.url);
    ada = await foundBy({ ...server, url: proxy.url });
    ({ projectId } = await ada.must('project', 'create', 'Harbor'));
    const enrollment = join(folder, 'tablet.enrollment');
    const enroll = ['--upload-only', '--label', 'Tablet', '--project', projectId, '--out', enrollment];
    await ada.must('device', 'enroll', ...enroll);
    await tablet.must('join', enrollment);
    const aerie = await openAerie(ada);
    ({ hashKey } = (await aerie.projects.verified(projectId)).opened);
    await aerie.close();
  }, msMax);

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    for (const cli of [ada, tablet]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, msMax);

  const openAerie = async (cli: Cli): Promise<Aerie> =>
    Aerie.open(await readKeyringFile(join(cli.home, 'keyring.pgp'), cli.passphrase));
  const sha256 = (octets: Uint8Array) => createHash('sha256').update(octets).digest();
  const fileOf = (name: string, octets: Uint8Array): string => {
    writeFileSync(join(folder, name), octets);
    return join(folder, name);
  };

  /** The tablet stores these octets under whatever digest it likes. */
  async function storeByTablet(octets: Uint8Array, digest: Uint8Array): Promise<string> {
    const item: IngestItem = {
      path: 'x',
      name: 'DJI_0001.JPG',
      folder: '',
      mime: 'image/jpeg',
      modifiedAt: null,
      resumeKey: null,
      source: {
        bytes: octets.length,
        read: async (start, end) => octets.subarray(start, end),
        sha256: async () => digest,
        assertUnchanged: async () => {},
        close: async () => {},
      },
      captureFacts: async () => ({}),
      makePictures: async () => ({}),
    };
    const aerie = await openAerie(tablet);
    const once = (async function* () {
      yield item;
    })();
    for await (const result of aerie.uploads.ingest(once, { projectId })) {
      await aerie.close();
      return result.mediaId!;
    }
    throw new Error('nothing came out');
  }

  /** From now on the server says that this content is that media, and counts what is read of it. */
  const claim = (content: Uint8Array, mediaId: string): void => {
    const contentToken = createHmac('sha256', hashKey).update(sha256(content)).digest('base64');
    reads = 0;
    proxy.alter = (path, answer) => {
      if (path.endsWith('/segments')) reads++;
      if (!path.endsWith('/media/lookup')) return answer;
      return { ...answer, body: Buffer.from(JSON.stringify({ found: [{ contentToken, mediaId }] })) };
    };
  };

  it('is stored where what lies there under its digest is junk of its length', async () => {
    const content = randomBytes(50_000);
    const junk = await storeByTablet(randomBytes(50_000), sha256(content));
    claim(content, junk);
    const result = await ada.must('ingest', fileOf('DJI_0001.JPG', content), '--project', projectId);
    expect(result).toMatchObject({ status: 'stored', mediaId: expect.not.stringContaining(junk) });
    await ada.must('get', result.mediaId, '--out', join(folder, 'back.jpg'));
    expect(readFileSync(join(folder, 'back.jpg')).equals(content)).toBe(true);
  }, 240_000);

  it('is stored where the server answers with another media', async () => {
    const content = randomBytes(50_000);
    const other = randomBytes(50_000);
    claim(content, await storeByTablet(other, sha256(other)));
    const result = await ada.must('ingest', fileOf('DJI_0002.JPG', content), '--project', projectId);
    expect(result).toMatchObject({ status: 'stored' });
  }, 240_000);

  it('is skipped only after its original was fetched and hashed, which is done once', async () => {
    const content = randomBytes(50_000);
    const mediaId = await storeByTablet(content, sha256(content));
    claim(content, mediaId);
    const file = fileOf('DJI_0003.JPG', content);
    const ingest = () => ada.must('ingest', file, '--project', projectId);
    expect(await ingest()).toMatchObject({ status: 'already-stored', mediaId });
    expect(reads).toBe(1);
    expect(await ingest()).toMatchObject({ status: 'already-stored', mediaId });
    expect(reads).toBe(1);
  }, 240_000);
});
