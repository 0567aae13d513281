import { sha256, toBase64, type BlobRole } from '@aerie/protocol';
import { primitives } from '#primitives';
import { TrustError, explain, type Explanation } from '../errors.js';
import type { ListedMedia, MediaSource, OpenedMedia } from './media.js';

export interface MediaCheck {
  readonly mediaId: string;
  readonly name: string | null;
  /** With its folders. */
  readonly path: string | null;
  readonly aliases: readonly string[];
  readonly ok: boolean;
  /** What was found good, in this order: manifest, receipt, meta, original, pictures. */
  readonly checks: readonly string[];
  readonly problem?: Explanation;
}

export interface CheckOptions {
  readonly signal?: AbortSignal;
  /** Octets of the original, in plaintext, that are checked so far. */
  readonly onProgress?: (bytesDone: number) => void;
}

/**
 * Downloads everything of one media and checks it. A listed media has its manifest, receipt and meta checked already.
 * @throws the reason of `options.signal`; everything else is in the result
 */
export async function checkMedia(
  library: MediaSource,
  { listed, opened }: ListedMedia,
  options: CheckOptions = {},
): Promise<MediaCheck> {
  const { mediaId, name, path, aliases } = listed;
  const about = { mediaId, name, path, aliases };
  if (!opened) return { ...about, ok: false, checks: [], problem: listed.problem };
  const checks = ['manifest', 'receipt', 'meta'];
  try {
    await checkOriginal(library, opened, options);
    checks.push('original');
    for (const role of ['thumb', 'preview', 'source'] as const) await checkPicture(opened, role);
    checks.push('pictures');
    return { ...about, ok: true, checks };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...about, ok: false, checks, problem: explain(error) };
  }
}

/**
 * Fetches the original, of which every octet is under the signed root, and compares it with the SHA-256 that its uploader
 * states: then it is the file that was read on the uploader's device.
 * @throws TrustError `trust.blob`; as `MediaSource.whole`; the reason of `options.signal`
 */
export async function checkOriginal(
  library: Pick<MediaSource, 'whole'>,
  opened: OpenedMedia,
  { signal, onProgress }: CheckOptions = {},
): Promise<void> {
  const hash = await primitives.runningSha256();
  let bytesDone = 0;
  for await (const piece of library.whole(opened)) {
    signal?.throwIfAborted();
    hash.update(piece);
    onProgress?.((bytesDone += piece.length));
  }
  if (toBase64(hash.digest()) !== opened.meta.sha256)
    throw new TrustError('trust.blob', 'The file does not have the SHA-256 that its uploader stated');
}

/** What the uploader sent along has a digest in `meta`; what a renderer made is vouched for by the renderer alone. */
async function checkPicture({ media, meta, reader }: OpenedMedia, role: BlobRole): Promise<void> {
  const blob = media.blobs.get(role);
  if (!blob) return;
  const stated = meta.pictures[blob.blobId];
  const found = toBase64(await sha256(await reader.read(media, role)));
  const isByUploader = media.manifest.blobs.some(({ blobId }) => blobId === blob.blobId);
  if (isByUploader && stated !== found)
    throw new TrustError('trust.blob', `The ${role} does not have the SHA-256 that its uploader stated`);
}
