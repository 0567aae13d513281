import { basename } from 'node:path';
import { readCaptureFacts } from '../../metadata/capture-facts.js';
import { sniffBytes, sniffMime } from '../../metadata/sniff-mime.js';
import type { IngestInput, IngestItem, Pictures } from '../../uploads/ingest-item.js';
import { folderOf } from '../../uploads/ingest-item.js';
import { type FileSource, openFileSource } from './file-source.js';
import { walk } from './walk.js';

/**
 * The files at and below `paths`, each opened only when it is asked for. What cannot be read comes out as a problem.
 * @param options.pictures whether thumbnails and previews are made of them
 */
export async function* ingestItems(
  paths: Iterable<string>,
  options: { pictures: boolean },
): AsyncGenerator<IngestInput> {
  for await (const entry of walk(paths)) {
    if (!('relativePath' in entry)) {
      yield entry;
      continue;
    }
    // Not caught around the yield: an error of the consumer is not one of the file.
    yield await ingestItem(entry.path, folderOf(entry.relativePath), options).catch((error: Error) => ({
      path: entry.path,
      problem: error.message,
    }));
  }
}

async function ingestItem(path: string, folder: string, { pictures }: { pictures: boolean }): Promise<IngestItem> {
  const source = await openFileSource(path);
  try {
    const name = basename(path);
    const mime = sniffMime(await source.read(0, Math.min(sniffBytes, source.bytes)), name);
    return {
      path,
      name,
      folder,
      mime,
      source,
      modifiedAt: source.modifiedAt,
      resumeKey: source.resumeKey,
      captureFacts: () => readCaptureFacts((start, end) => source.read(start, end), source.bytes, mime),
      makePictures: () =>
        pictures
          ? picturesOf(path, source, mime)
          : Promise.resolve({ reason: { code: 'not_kept', text: 'none were asked for' } as const }),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The decoder is loaded with the first picture: most commands need none. */
async function picturesOf(path: string, source: FileSource, mime: string): Promise<Pictures> {
  const { makeRenditions } = await import('./renditions.js');
  const { thumb, preview, reason } = await makeRenditions({ path, source }, mime, { thumb: true, preview: true });
  return { thumb: thumb?.bytes, preview: preview?.bytes, reason };
}
