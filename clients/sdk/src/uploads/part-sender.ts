import { segmentBytes, sha256, toBase64, type UploadView } from '@aerie/protocol';
import type { BlobSealer, SealedPart } from '../crypto/seal.js';
import { ServerUnreachable } from '../errors.js';
import { Permits } from './flow.js';
import type { IngestItem } from './ingest-item.js';
import { SpotCheck } from './sealed-check.js';
import type { UploadContext } from './upload-context.js';
import type { UploadJournal } from './upload-journal.js';

/**
 * Parts of one file that are sealed or on their way at a time. Two: the next is sealed while one is on its way, and the link
 * does not stand still until the server has answered. A cut costs two parts at most.
 */
const partsInFlight = 2;

/**
 * Sends every part that the server has not acknowledged, sealing the next while others are on their way.
 * @returns the SHA-256 of every segment of the blob, in order
 * @throws PlaintextChanged; ServerProblem; ServerUnreachable
 */
export async function sendParts(
  context: UploadContext,
  item: IngestItem,
  sealer: BlobSealer,
  entry: UploadJournal,
  view: UploadView,
): Promise<Uint8Array[]> {
  const { layout } = sealer;
  const blob = view.blobs.find(({ blobId }) => blobId === entry.head.blobId);
  if (blob?.partBytes !== layout.partBytes)
    throw new ServerUnreachable('it speaks of another upload than the one it was asked to start');
  const acknowledged = new Map(blob.parts.map(({ number, digest }) => [number, digest]));
  const segmentsPerPart = layout.partBytes / segmentBytes;
  const digests: Uint8Array[] = [];
  const sending = new Set<Promise<void>>();
  const permits = new Permits(partsInFlight);
  const buffers: Uint8Array[] = [];
  const spot = await SpotCheck.of(sealer, item.source);
  let failure: { readonly error: unknown } | undefined;
  let bytesDone = 0;
  const done = (part: number): void => {
    const { start, end } = layout.partRange(part);
    bytesDone += end - start;
    // Of plaintext, so that it meets the size of the file.
    context.onEvent({
      kind: 'progress',
      path: item.path,
      bytes: item.source.bytes,
      bytesDone: Math.min(item.source.bytes, Math.round((bytesDone / layout.objectBytes) * item.source.bytes)),
    });
  };
  const kept = keptParts(acknowledged, entry, segmentsPerPart);
  if (acknowledged.size > 0)
    context.onEvent({ kind: 'resumed', path: item.path, partsKept: acknowledged.size, parts: layout.partCount });

  for (let part = 0; part < layout.partCount && !failure; part++) {
    context.signal.throwIfAborted();
    const known = kept.get(part);
    if (known) {
      digests[part] = known;
      done(part);
      continue;
    }
    const giveBack = await taken(context.memory, permits, layout.partBytes);
    const buffer = buffers.pop() ?? new Uint8Array(layout.partBytes);
    const release = (): void => {
      buffers.push(buffer);
      giveBack();
    };
    try {
      const made = await sealer.sealPart(part, item.source, buffer);
      await spot.check(part, made);
      made.segmentDigests.forEach((digest, i) => (digests[part * segmentsPerPart + i] = digest));
      const sent = sendPart(context, item.path, entry, part, made, acknowledged.get(part))
        .then(() => done(part))
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => {
          release();
          sending.delete(sent);
        });
      sending.add(sent);
    } catch (error) {
      release();
      failure ??= { error };
    }
  }
  await Promise.all(sending);
  if (failure) throw failure.error;
  return digests;
}

/** Parts that need not even be made again: acknowledged with the digest that the journal has for them. */
function keptParts(
  acknowledged: ReadonlyMap<number, string>,
  entry: UploadJournal,
  segmentsPerPart: number,
): Map<number, Uint8Array> {
  const kept = new Map<number, Uint8Array>();
  if (segmentsPerPart > 1) return kept;
  for (const [part, digest] of acknowledged) {
    const noted = entry.digestOf(part);
    if (noted && toBase64(noted) === digest) kept.set(part, noted);
  }
  return kept;
}

async function taken(memory: Permits, permits: Permits, partBytes: number): Promise<() => void> {
  const releasePart = await permits.take(1);
  const releaseMemory = await memory.take(partBytes);
  return () => {
    releaseMemory();
    releasePart();
  };
}

async function sendPart(
  { local, signal, onRetry }: UploadContext,
  path: string,
  { head }: UploadJournal,
  part: number,
  made: SealedPart,
  acknowledged: string | undefined,
): Promise<void> {
  // One segment: its digest is that of the part, so the octets are hashed once for transport and manifest.
  const digest = toBase64(made.segmentDigests.length === 1 ? made.segmentDigests[0]! : await sha256(made.sealed));
  if (digest === acknowledged) return;
  await local.http.call('putPart', {
    params: { mediaId: head.mediaId, blobId: head.blobId, partNumber: part },
    body: made.sealed,
    headers: { 'content-digest': `sha-256=:${digest}:` },
    signal,
    onRetry: onRetry(path),
  });
}
