import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DataSource } from 'typeorm';
import { type ByteRange, ObjectMissing, type ObjectStore } from '../../platform/storage/object-store.port.js';
import type { ProjectAccess } from '../projects/project-access.js';
import type { Blob } from './blob.entity.js';
import { BlobsService } from './blobs.service.js';
import type { MediaService } from './media.service.js';

const octets = Buffer.from('0123456789');
const row = (place: Partial<Blob>): Blob =>
  ({ id: 'b', bytes: '4', objectKey: null, objectOffset: null, content: null, ...place }) as Blob;

/** A store with one object under `there`, and a table in which the blob lies as `now` says. */
function service(now: Blob | null): BlobsService {
  const store = {
    get: async (key: string, { start, end }: ByteRange) => {
      if (key !== 'there') throw new ObjectMissing('there is no object under this key');
      if (start >= octets.length) throw new RangeError('the range begins behind the object');
      return Readable.from([octets.subarray(start, end)]);
    },
  } as unknown as ObjectStore;
  const database = { getRepository: () => ({ findOneBy: async () => now }) } as unknown as DataSource;
  return new BlobsService(database, store, {} as MediaService, {} as ProjectAccess);
}

describe('Reading a blob', () => {
  const read = async (now: Blob | null, asked: Blob, range?: ByteRange) =>
    (await buffer(await service(now).open(asked, range))).toString();
  const lying = row({ objectKey: 'there', objectOffset: '3' });

  it('gives the part of the object in which it lies, or a range of that, or the row', async () => {
    expect(await read(lying, lying)).toBe('3456');
    expect(await read(lying, lying, { start: 1, end: 3 })).toBe('45');
    expect(await read(null, row({ content: Buffer.from('abcd') }), { start: 1, end: 3 })).toBe('bc');
  });

  it('looks once more where it lies, if nothing is there any longer', async () => {
    const before = row({ objectKey: 'compacted', objectOffset: '900' });
    expect(await read(lying, before, { start: 0, end: 2 })).toBe('34');
    expect(await read(row({ content: Buffer.from('abcd') }), before)).toBe('abcd');
  });

  it.each<[string, Blob | null, Blob]>([
    [
      'its object is gone',
      row({ objectKey: 'gone', objectOffset: '0' }),
      row({ objectKey: 'gone', objectOffset: '0' }),
    ],
    [
      'its object was cut',
      row({ objectKey: 'there', objectOffset: '50' }),
      row({ objectKey: 'there', objectOffset: '50' }),
    ],
    ['its row is gone as well', null, row({ objectKey: 'gone', objectOffset: '0' })],
  ])('is blob.missing where %s', async (_, now, asked) => {
    await expect(read(now, asked)).rejects.toMatchObject({ code: 'blob.missing' });
  });
});
