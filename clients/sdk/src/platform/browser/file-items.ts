/** What a person picked or dropped, as files to ingest. */
import { primitives } from '#primitives';
import { readCaptureFacts } from '../../metadata/capture-facts.js';
import { sniffBytes, sniffMime } from '../../metadata/sniff-mime.js';
import { FileChanged, FileUnreadable, FileVanished } from '../../uploads/file-problems.js';
import { folderOf, type IngestInput, type IngestItem, type IngestSource } from '../../uploads/ingest-item.js';
import { makePictures, type PictureDeps } from './pictures.js';

/** A file as an `<input>` gives it, or a handle (File System API), of which the file is got when its turn comes. */
export type Picked = File | FileSystemFileHandle;

export interface FileDeps extends PictureDeps {
  /** Ends the reading of files: hashing a long video takes as long as reading all of it. */
  readonly signal?: AbortSignal;
}

/** Large enough that asking costs little, small enough for many files at a time. */
const hashReadBytes = 4 * 1024 * 1024;

/**
 * The files, each opened only when it is asked for. What cannot be read comes out as a problem.
 * @param picked with the path that reports call each by and whose folders are kept: `webkitRelativePath`, or the name
 */
export async function* fileItems(
  picked: AsyncIterable<{ file: Picked; path: string }> | Iterable<{ file: Picked; path: string }>,
  deps: FileDeps,
): AsyncGenerator<IngestInput> {
  for await (const { file, path } of picked) {
    // Not caught around the yield: an error of the consumer is not one of the file.
    yield await fileItem(file, path, deps).catch((error: Error) => ({ path, problem: error.message }));
  }
}

/**
 * One file to ingest: type by its first octets, description and pictures when ingest asks for them.
 * @throws FileVanished, FileUnreadable
 */
export async function fileItem(picked: Picked, path: string, deps: FileDeps): Promise<IngestItem> {
  const file = picked instanceof File ? picked : await opened(picked, path);
  const source = fileSource(file, path, picked instanceof File ? undefined : picked, deps.signal);
  const mime = sniffMime(await source.read(0, Math.min(sniffBytes, file.size)), file.name);
  return {
    path,
    name: file.name,
    folder: folderOf(path),
    mime,
    source,
    modifiedAt: new Date(file.lastModified),
    resumeKey: [path, file.size, file.lastModified].join('\0'),
    captureFacts: () => readCaptureFacts((start, end) => source.read(start, end), file.size, mime),
    makePictures: () => makePictures(file, mime, deps),
  };
}

/**
 * A File is bound to the state of the file when it was picked: browsers refuse to read it once size or time differ.
 * With a handle that is also asked of the disk; without one, of the File, by reading an octet.
 */
function fileSource(file: File, path: string, handle?: FileSystemFileHandle, signal?: AbortSignal): IngestSource {
  async function read(start: number, end: number): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (start < 0 || end < start || end > file.size)
      throw new RangeError(`octets ${start} to ${end} of a file of ${file.size}`);
    const octets = await file
      .slice(start, end)
      .arrayBuffer()
      .catch((error: unknown) => fail(path, error));
    if (octets.byteLength < end - start) throw new FileChanged(path);
    return new Uint8Array(octets);
  }
  return {
    bytes: file.size,
    read,
    async assertUnchanged() {
      const now = handle ? await opened(handle, path) : file;
      if (now.size !== file.size || now.lastModified !== file.lastModified) throw new FileChanged(path);
      await read(0, Math.min(1, file.size));
    },
    async sha256() {
      const hash = await primitives.runningSha256();
      for (let at = 0; at < file.size; at += hashReadBytes)
        hash.update(await read(at, Math.min(file.size, at + hashReadBytes)));
      return Uint8Array.from(hash.digest());
    },
    close: async () => {},
  };
}

const opened = (handle: FileSystemFileHandle, path: string): Promise<File> =>
  handle.getFile().catch((error: unknown) => fail(path, error));

const reasons: Record<string, string> = {
  NotReadableError: 'it changed, was locked, or its card was taken out after it was chosen; choose it again',
  NotAllowedError: 'this page may not read it any more; choose it again',
  SecurityError: 'the browser does not let this page read it',
};

function fail(path: string, error: unknown): never {
  const { name } = error as DOMException;
  if (name === 'NotFoundError') throw new FileVanished(path);
  throw new FileUnreadable(path, reasons[name] ?? name, error);
}
