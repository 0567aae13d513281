import { randomBytes } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { renditionFrame, signInRenderer } from '../support/renderer.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

describe('What the server writes down about itself', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;

  beforeAll(async () => {
    ({ server, ada, stored } = harbor = await openHarbor({ env: { AERIE_ORPHAN_AGE_SECONDS: '4' } }));
  }, 180_000);

  afterAll(() => harbor?.close(), 60_000);

  const rows = (type: string) =>
    stored.query<{ device_id: string | null; member_id: string | null; object: string }>(
      'SELECT device_id, member_id, object FROM audit_event WHERE type = $1',
      [type],
    );

  it('names the object that was reclaimed', async () => {
    const key = 'ab/0123456789abcdef0123456789abcdef0123456789';
    const path = join(server.dataDir, 'objects/objects', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'an object that no row names');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    const reclaimed = await until(
      () => rows('orphan.reclaimed'),
      (found) => found.length > 0,
      60_000,
    );
    expect(reclaimed).toEqual([{ device_id: null, member_id: null, object: key }]);
  }, 90_000);

  it('names the member who founded, and the device by which', async () => {
    const { deviceId, memberId, organizationId } = ada.aerie.keyring;
    expect(await rows('organization.founded')).toEqual([
      { device_id: deviceId, member_id: memberId, object: organizationId },
    ]);
  });

  it('has one rendition, and no object besides, for a renderer that repeats itself and is refused at times', async () => {
    const { renderer, projectId } = await signInRenderer(server, ada);
    const { deviceId, memberId } = renderer.aerie.keyring;
    // Ada's device has signed it in.
    const signer = { device_id: ada.aerie.keyring.deviceId, member_id: memberId };
    expect(await rows('device.enrolled')).toEqual([{ ...signer, object: deviceId }]);
    const [file, other] = [
      await ada.seal(projectId, randomBytes(300), { preview: randomBytes(4_000) }),
      await ada.seal(projectId, randomBytes(300), { preview: randomBytes(4_000) }),
    ];
    for (const one of [file, other])
      expect((await ada.bundle(projectId, [one])).json.outcomes[0].receipt).toBeDefined();
    const pictures = { thumb: randomBytes(500), preview: randomBytes(90_000) };
    const params = { mediaId: file.mediaId };
    const add = async (body: Uint8Array) => (await renderer.send('addRendition', { params, body })).code;
    /** What was given up is deleted soon. */
    const orphans = async () => {
      const { orphans: left } = await until(
        () => stored.differences(),
        ({ unsettled }) => unsettled.length === 0,
        20_000,
      );
      return left;
    };

    expect(await add(await renditionFrame(renderer, file, pictures, other.originalId))).toBe('blob.conflict');
    expect(await orphans()).toEqual([]);
    const frame = await renditionFrame(renderer, file, pictures);
    expect(await Promise.all([frame, frame, frame, frame].map(add))).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(await add(await renditionFrame(renderer, file, pictures))).toBe('ok');
    expect(await orphans()).toEqual([]);
    expect(await rows('rendition.added')).toMatchObject([{ device_id: deviceId, object: file.mediaId }]);
  });
});
