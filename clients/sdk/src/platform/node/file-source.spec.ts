import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdtemp, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileChanged, FileUnreadable, FileVanished } from '../../uploads/file-problems.js';
import { openFileSource, type FileSource } from './file-source.js';

let folder: string;
let opened: FileSource[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aerie-source-'));
});
afterEach(async () => {
  await Promise.all(opened.map((source) => source.close()));
  opened = [];
  await rm(folder, { recursive: true });
});

const contents = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 251));
async function sourceOf(octets: Uint8Array, name = 'a.bin') {
  const path = join(folder, name);
  await writeFile(path, octets);
  const source = await openFileSource(path);
  opened.push(source);
  return { path, source };
}

/** Until the file system's clock, as it is written to files, has a later time: a rewrite in the same tick would be hidden. */
async function clockMovesOn(path: string): Promise<void> {
  const probe = join(folder, 'probe');
  const timeOf = async (file: string) => (await stat(file, { bigint: true })).mtimeNs;
  do await writeFile(probe, '');
  while ((await timeOf(probe)) <= (await timeOf(path)));
}

describe('A file as plaintext', () => {
  it('gives any range, exactly, and the digest of the whole', async () => {
    const { source } = await sourceOf(contents);
    expect(source.bytes).toBe(contents.length);
    for (const [start, end] of [
      [0, 0],
      [0, 1],
      [1_234_567, 2_999_999],
      [contents.length, contents.length],
    ] as const) {
      expect(Buffer.from(await source.read(start, end)).equals(contents.subarray(start, end))).toBe(true);
    }
    expect(Buffer.from(await source.sha256())).toEqual(createHash('sha256').update(contents).digest());
    await source.assertUnchanged();
    await expect(source.read(0, contents.length + 1)).rejects.toThrow(RangeError);
  });

  it('may be empty', async () => {
    const { source } = await sourceOf(new Uint8Array(0));
    expect(source.bytes).toBe(0);
    expect(await source.read(0, 0)).toHaveLength(0);
    expect(Buffer.from(await source.sha256())).toEqual(createHash('sha256').digest());
    await source.assertUnchanged();
  });

  it('gives each reader memory of its own', async () => {
    const { source } = await sourceOf(contents);
    const [one, two] = await Promise.all([source.read(0, 100), source.read(100, 200)]);
    one.fill(0);
    expect(Buffer.from(two).equals(contents.subarray(100, 200))).toBe(true);
    expect(one.buffer).not.toBe(two.buffer);
  });

  it.each([
    ['grows', (path: string) => appendFile(path, 'more')],
    ['shrinks', (path: string) => truncate(path, 10)],
    ['is written over at the same size', (path: string) => writeFile(path, Buffer.alloc(contents.length))],
    ['is replaced by another file of the same size and time', replaceKeepingTime],
  ])('is found changed when it %s', async (_, change) => {
    const { path, source } = await sourceOf(contents);
    await clockMovesOn(path);
    await change(path);
    await expect(source.assertUnchanged()).rejects.toThrow(FileChanged);
  });

  it('is found changed by the read that meets its early end', async () => {
    const { path, source } = await sourceOf(contents);
    await truncate(path, 10);
    await expect(source.read(5, 15)).rejects.toThrow(FileChanged);
  });

  it('is found vanished, before and after opening', async () => {
    const { path, source } = await sourceOf(contents);
    await rm(path);
    await expect(source.assertUnchanged()).rejects.toThrow(FileVanished);
    await expect(openFileSource(path)).rejects.toThrow(/gone.*ingest it again/s);
  });

  it('is not a folder, a pipe, or a circle of links, and says so without waiting', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await symlink('loop-b', join(folder, 'loop-a'));
    await symlink('loop-a', join(folder, 'loop-b'));
    await expect(openFileSource(folder)).rejects.toThrow(/not a regular file/);
    await expect(openFileSource(pipe)).rejects.toThrow(/not a regular file/);
    await expect(openFileSource(join(folder, 'loop-a'))).rejects.toThrow(/circle/);
  });

  it('is named unreadable where this user may not read it', async () => {
    const { path } = await sourceOf(contents);
    await chmod(path, 0);
    await chmod(folder, 0o755);
    await asNobody(() => expect(openFileSource(path)).rejects.toThrow(FileUnreadable));
  });
});

async function replaceKeepingTime(path: string): Promise<void> {
  const other = `${path}.new`;
  await writeFile(other, contents);
  execFileSync('touch', ['-r', path, other]);
  await rename(other, path);
  await utimes(folder, new Date(), new Date());
}

/** Root may read everything; the test then drops to an ordinary user for the time of `work`. */
async function asNobody(work: () => Promise<unknown>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}
