import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leaveOut } from '../support/left-out.js';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice, send } from '../support/raw.js';
import { startProcess, type ServerProcess } from '../support/server.js';

const hasFullDevice = existsSync('/dev/full');
if (!hasFullDevice) leaveOut('a server whose disk is full', 'run on Linux, which has /dev/full');

(hasFullDevice ? describe : describe.skip)('A server whose disk is full', () => {
  let server: ServerProcess;
  let owner: Owner;
  let ada: RawDevice;

  beforeAll(async () => {
    // Every write to this log finds no space, and the store takes everything that is free for its reserve.
    const env = { AERIE_LOG_FILE: '/dev/full', AERIE_STORE_RESERVE_BYTES: String(Number.MAX_SAFE_INTEGER) };
    server = await startProcess({ env });
    owner = await foundBy(server);
    ada = await RawDevice.of(owner);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    owner?.remove();
  }, 60_000);

  it('says so by name, keeps nothing half, and goes on with everything that needs no space', async () => {
    const { projectId } = await ada.aerie.projects.create('Harbour');
    const file = await ada.seal(projectId, randomBytes(500));
    expect((await ada.bundle(projectId, [file])).code).toBe('server.storage_full');
    const parts = await ada.seal(projectId, randomBytes(500), { inParts: true });
    expect((await ada.create(parts)).code).toBe('ok');
    expect((await ada.putPart(parts, 0)).code).toBe('server.storage_full');
    expect((await ada.send('abortUpload', { params: { mediaId: parts.mediaId } })).code).toBe('ok');
    expect((await ada.send('listMedia', { params: { projectId } })).json.media).toEqual([]);
    for (let i = 0; i < 50; i++) expect((await send(server.url, 'describeServer', {})).code).toBe('ok');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect(server.process.exitCode).toBeNull();
  });
});
