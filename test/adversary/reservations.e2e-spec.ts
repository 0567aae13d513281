import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enrollDrone } from '../support/drone.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import type { RawDevice } from '../support/raw.js';
import type { Stored } from '../support/stored.js';

const quota = 1_000_000;
const uploadsMax = 4;
const reservedMax = 900_000;

describe('Space that open uploads reserve', () => {
  let harbor: Harbor;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    const env = {
      AERIE_TICK_SECONDS: '1',
      AERIE_PROJECT_QUOTA_BYTES: String(quota),
      AERIE_DEVICE_UPLOADS_MAX: String(uploadsMax),
      AERIE_DEVICE_RESERVED_BYTES_MAX: String(reservedMax),
    };
    ({ ada, stored, projectId } = harbor = await openHarbor({ env }));
  }, 180_000);

  afterAll(() => harbor?.close(), 60_000);

  const enroll = (): Promise<RawDevice> => enrollDrone(ada, projectId);
  const begin = (device: RawDevice, bytes: number, mediaId: string = randomUUID()) =>
    device.send('createUpload', {
      params: { projectId, mediaId },
      body: { blobs: [{ blobId: randomUUID(), role: 'original', bytes }] },
    });
  const abort = (device: RawDevice, mediaId: string) => device.send('abortUpload', { params: { mediaId } });
  const reserved = () => stored.count('SELECT bytes_reserved FROM project');
  const audited = (type: string, mediaId: string) =>
    stored.count('SELECT count(*) FROM audit_event WHERE type = $1 AND object = $2', [type, mediaId]);

  it('is free again once the device is revoked, in the same moment', async () => {
    const lost = await enroll();
    const mediaId = randomUUID();
    expect((await begin(lost, reservedMax, mediaId)).code).toBe('ok');
    expect((await begin(ada, 200_000)).code).toBe('quota.exceeded');
    await ada.aerie.devices.revoke(lost.aerie.keyring.deviceId);
    expect(await reserved()).toBe(0);
    expect(await audited('upload.aborted', mediaId)).toBe(1);
    const second = randomUUID();
    expect((await begin(ada, 200_000, second)).code).toBe('ok');
    expect((await abort(ada, second)).code).toBe('ok');
  });

  it('is free again once the enrollment of the device has run out', async () => {
    const late = await enroll();
    const mediaId = randomUUID();
    expect((await begin(late, reservedMax, mediaId)).code).toBe('ok');
    await stored.query("UPDATE device SET expires_at = now() - interval '1 second' WHERE id = $1", [
      late.aerie.keyring.deviceId,
    ]);
    await until(reserved, (bytes) => bytes === 0, 30_000);
    expect(await audited('upload.expired', mediaId)).toBe(1);
  });

  it('is no more than a device may have, in uploads and in octets, also of many at once', async () => {
    const greedy = await enroll();
    const answers = await Promise.all(Array.from({ length: 12 }, () => begin(greedy, 1_000)));
    const codes = answers.map(({ code }) => code);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(uploadsMax);
    expect(new Set(codes)).toEqual(new Set(['ok', 'upload.too_many']));
    const refused = answers.find(({ code }) => code === 'upload.too_many')!;
    expect(refused.json).toMatchObject({ uploadsMax, bytesMax: reservedMax });
    const other = await enroll();
    expect((await begin(other, reservedMax + 1)).code).toBe('upload.too_many');
    expect((await begin(other, 1_000)).code).toBe('ok');
    for (const device of [greedy, other]) await ada.aerie.devices.revoke(device.aerie.keyring.deviceId);
    expect(await reserved()).toBe(0);
  });

  it('is not given to a device that is revoked while it asks', async () => {
    for (let round = 0; round < 5; round++) {
      const lost = await enroll();
      const token = await lost.token();
      const asked = Array.from({ length: 4 }, () =>
        lost.send('createUpload', {
          token,
          params: { projectId, mediaId: randomUUID() },
          body: { blobs: [{ blobId: randomUUID(), role: 'original', bytes: 1_000 }] },
        }),
      );
      await ada.aerie.devices.revoke(lost.aerie.keyring.deviceId);
      await Promise.all(asked);
      expect(await reserved()).toBe(0);
    }
  });

  it('is freed by an owner who aborts the upload of another device, and by nobody else', async () => {
    const [drone, other] = [await enroll(), await enroll()];
    const mediaId = randomUUID();
    expect((await begin(drone, 1_000, mediaId)).code).toBe('ok');
    expect((await abort(other, mediaId)).code).toBe('upload.unknown');
    const { uploads } = (await ada.send('listUploads')).json;
    expect(uploads).toMatchObject([
      { mediaId, projectId, deviceId: drone.aerie.keyring.deviceId, bytesReserved: 1_000 },
    ]);
    expect((await abort(ada, mediaId)).code).toBe('ok');
    expect(await reserved()).toBe(0);
    expect((await begin(drone, 1_000, mediaId)).code).toBe('upload.closed');
    const [row] = await stored.query<{ device_id: string }>(
      "SELECT device_id FROM audit_event WHERE type = 'upload.aborted' AND object = $1",
      [mediaId],
    );
    expect(row!.device_id).toBe(ada.aerie.keyring.deviceId);
    expect((await ada.send('listUploads')).json.uploads).toEqual([]);
  });
});
