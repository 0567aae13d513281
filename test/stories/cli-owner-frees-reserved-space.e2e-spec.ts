import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { startServer, type RunningServer } from '../support/server.js';

describe('An owner whose project is full of uploads that nobody finishes', () => {
  let server: RunningServer;
  let ada: Owner;
  let projectId: string;
  const mediaId = randomUUID();

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    const device = await RawDevice.of(ada);
    projectId = (await device.aerie.projects.create('Harbour')).projectId;
    const blobs = [{ blobId: randomUUID(), role: 'original', bytes: 1_000_000 }];
    expect((await device.send('createUpload', { params: { projectId, mediaId }, body: { blobs } })).code).toBe('ok');
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
  }, 60_000);

  it('sees which uploads are open, of which device and project, and what they reserve', async () => {
    const uploads = await ada.must('upload', 'list');
    expect(uploads).toMatchObject([
      { mediaId, projectId, project: 'Harbour', bytesReserved: 1_000_000, device: { kind: 'full' } },
    ]);
    const said = await ada.say('upload', 'list');
    for (const word of [mediaId, 'Harbour', '976.6 KiB']) expect(said.stdout).toContain(word);
  });

  it('aborts one, and its space is free', async () => {
    expect(await ada.must('upload', 'abort', mediaId)).toEqual({ mediaId, aborted: true });
    expect(await ada.must('upload', 'list')).toEqual([]);
    expect((await ada.must('server', 'status')).storage.openUploads.bytesReserved).toBe(0);
  });

  it('hears of one that does not exist', async () => {
    const answer = await ada.run('upload', 'abort', randomUUID());
    expect([answer.code, answer.json]).toMatchObject([1, { error: { code: 'upload.unknown' } }]);
  });
});
