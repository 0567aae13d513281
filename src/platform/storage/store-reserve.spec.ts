import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { asSealed } from '@aerie/protocol';
import { FilesystemObjectStore } from './object-store.filesystem.js';
import { StoreFull } from './object-store.port.js';

describe('The reserve of the filesystem store', () => {
  const dir = mkdtempSync(join(tmpdir(), 'aerie-reserve-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const octets = asSealed(randomBytes(100));
  const sha256 = createHash('sha256').update(octets).digest();
  const roomy = new FilesystemObjectStore(dir, 1);
  /** More than any disk has: as full as can be. */
  const full = new FilesystemObjectStore(dir, Number.MAX_SAFE_INTEGER);

  it('is left free by everything that grows the store', async () => {
    await roomy.put('ab/01', octets, sha256);
    const uploadRef = await roomy.beginParts('ab/02');
    const ref = { key: 'ab/02', uploadRef };
    await expect(full.put('ab/03', octets, sha256)).rejects.toThrow(StoreFull);
    await expect(full.beginParts('ab/04')).rejects.toThrow(StoreFull);
    await expect(full.putPart(ref, 0, 0, octets, sha256)).rejects.toThrow(StoreFull);
    expect(await full.head('ab/03')).toBeNull();
  });

  it('lets reading, joining, deleting and the check of readiness go on', async () => {
    const uploadRef = await roomy.beginParts('ab/05');
    const ref = { key: 'ab/05', uploadRef };
    const tag = await roomy.putPart(ref, 0, 0, octets, sha256);
    await full.completeParts(ref, [{ number: 0, tag, bytes: octets.length }], octets.length);
    expect(await full.head('ab/05')).toMatchObject({ bytes: octets.length });
    await full.check();
    for (const key of ['ab/01', 'ab/05']) await full.delete(key);
    expect(await full.head('ab/01')).toBeNull();
  });
});
