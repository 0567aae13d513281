import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes, segmentBytes } from '@aerie/protocol';
import { foundBy, until, type Owner } from '../support/people.js';
import { RawDevice, type SealedFile } from '../support/raw.js';
import { RawSocket } from '../support/raw-socket.js';
import { startProcess, type ServerProcess } from '../support/server.js';

const readers = 300;

describe('Downloads that nobody reads to the end', () => {
  let server: ServerProcess;
  let owner: Owner;
  let token: string;
  let file: SealedFile;
  let path: string;

  beforeAll(async () => {
    server = await startProcess({ env: { AERIE_CONNECTIONS_PER_ADDRESS: '1000' } });
    owner = await foundBy(server);
    const ada = await RawDevice.of(owner);
    const { projectId } = await ada.aerie.projects.create('Harbour');
    file = await ada.seal(projectId, randomBytes(segmentBytes + 1000), { inParts: true });
    const steps = [
      () => ada.create(file),
      () => ada.putPart(file, 0),
      () => ada.putPart(file, 1),
      () => ada.commit(file),
    ];
    for (const step of steps) expect((await step()).code).toBe('ok');
    token = await ada.token();
    path = routes.readBlob.path.replace(':mediaId', file.mediaId).replace(':blobId', file.originalId);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    owner?.remove();
  }, 60_000);

  /** Objects that the server process has open at this moment. */
  function objectsOpen(): number {
    const folder = `/proc/${server.process.pid}/fd`;
    return readdirSync(folder).filter((name) => {
      try {
        return readlinkSync(`${folder}/${name}`).includes('/objects/objects/');
      } catch {
        return false;
      }
    }).length;
  }

  const ask = async (method: 'GET' | 'HEAD'): Promise<RawSocket> =>
    (await RawSocket.open(server)).request(method, path, { authorization: `Bearer ${token}` });

  it('open nothing for HEAD, which says how much there would be', async () => {
    let most = 0;
    for (let i = 0; i < readers; i++) {
      const socket = await ask('HEAD');
      const { status, headers } = (await socket.head())!;
      most = Math.max(most, objectsOpen());
      expect([status, headers.get('content-length')]).toEqual([200, String(file.original.length)]);
      socket.destroy();
    }
    expect(most).toBe(0);
  });

  it('are closed when the connection ends, whether or not anything was read', async () => {
    const begun = await Promise.all(Array.from({ length: readers }, () => ask('GET')));
    begun.forEach((socket) => socket.destroy());
    const read = await Promise.all(Array.from({ length: 30 }, () => ask('GET')));
    await Promise.all(read.map((socket) => socket.head()));
    read.forEach((socket) => socket.destroy());
    await until(
      async () => objectsOpen(),
      (open) => open === 0,
      20_000,
    );
  });

  it('still come whole to whoever reads them', async () => {
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await response.arrayBuffer()).equals(file.original)).toBe(true);
    expect(objectsOpen()).toBe(0);
  });
});
