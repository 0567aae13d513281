import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openFolderJournal } from './journal.js';

describe('The journal in a folder', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'aerie-journal-'))));
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  it('has a record on the disk, not only with the system, before append resolves', async () => {
    const journal = await openFolderJournal(folder);
    const synced: Buffer[] = [];
    const handle = await open(folder);
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const { sync } = prototype;
    jest.spyOn(prototype, 'sync').mockImplementation(async function (this: typeof handle) {
      synced.push(await readFile(join(folder, 'upload-1')));
      return sync.call(this);
    });
    await journal.append('upload-1', Uint8Array.of(1, 2));
    await journal.append('upload-1', Uint8Array.of(3));
    const whole = await readFile(join(folder, 'upload-1'));
    // The first one made the file: its folder is synced as well.
    expect(synced).toEqual([whole.subarray(0, 6), whole.subarray(0, 6), whole]);
  });

  it('appends behind what another process has added since, and cuts off what that one left half-written', async () => {
    const [one, other] = [await openFolderJournal(folder), await openFolderJournal(folder)];
    await one.append('sent-1', Uint8Array.of(1));
    await other.append('sent-1', Uint8Array.of(2));
    const file = await open(join(folder, 'sent-1'), 'a');
    await file.appendFile(Uint8Array.of(0, 0, 0, 9, 7));
    await file.close();
    const lock = await one.lock('sent-1');
    await one.append('sent-1', Uint8Array.of(3));
    await lock!.release();
    expect(await other.read('sent-1')).toEqual([1, 2, 3].map((octet) => Buffer.of(octet)));
  });

  it('locks also in a folder whose path is too long for the address of a socket', async () => {
    const journal = await openFolderJournal(join(folder, 'x'.repeat(120)));
    const lock = await journal.lock('upload-1');
    expect(await journal.lock('upload-1')).toBeNull();
    await lock!.release();
    await (await journal.lock('upload-1'))!.release();
  });
});
