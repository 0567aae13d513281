import { Injectable } from '@nestjs/common';
import { partBytesFor, partCountFor } from '@aerie/protocol';
import { DataSource, In } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { inObject } from '../media/place.js';
import { checkOctets } from './candidate.js';
import type { PlacedMedia, StoredBlob } from './placed-media.js';
import { UploadBlob, UploadPart } from './upload.entity.js';

/**
 * Has the store join the parts of blobs that are about to be committed. A join may take minutes, so no transaction is open
 * and no row is held meanwhile: the rows are looked at once more when the media is written. An upload that is closed in
 * between is refused there, and its object removed by the job that discards it.
 */
@Injectable()
export class PartJoiner {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
  ) {}

  /** @returns what they sent in parts, by blob id. @throws ApiError upload.part_missing, media.manifest_invalid; UploadMissing where it was closed */
  async join(candidates: readonly PlacedMedia[]): Promise<ReadonlyMap<string, StoredBlob>> {
    const joined = new Map<string, StoredBlob>();
    for (const { manifest, mediaId, stored: carried } of candidates) {
      const ids = manifest.blobs.map(({ blobId }) => blobId).filter((blobId) => !carried.has(blobId));
      if (ids.length === 0) continue;
      const { blobs, parts } = await this.read(mediaId, ids);
      for (const blob of blobs) {
        const stored = requireAll(
          blob,
          parts.filter(({ blobId }) => blobId === blob.id),
        );
        const segmentDigests = Buffer.concat(stored.map((part) => part.segmentDigests));
        await checkOctets(manifest, blob.id, Number(blob.bytes), segmentDigests);
        await this.joinParts(blob, stored);
        joined.set(blob.id, { place: inObject(blob.objectKey, 0), segmentDigests });
      }
    }
    return joined;
  }

  /** Blobs and parts as of one moment: a commit beside this one removes both. */
  private read(mediaId: string, ids: string[]): Promise<{ blobs: UploadBlob[]; parts: UploadPart[] }> {
    return inTransaction(
      this.database,
      async (manager) => ({
        blobs: await manager.findBy(UploadBlob, { id: In(ids), mediaId }),
        parts: await manager.find(UploadPart, { where: { blobId: In(ids) }, order: { number: 'ASC' } }),
      }),
      'REPEATABLE READ',
    );
  }

  private async joinParts(
    { objectKey: key, uploadRef, bytes }: UploadBlob,
    stored: readonly UploadPart[],
  ): Promise<void> {
    if (!uploadRef) return;
    const partBytes = partBytesFor(Number(bytes));
    const lengths = stored.map(({ number, tag }) => ({
      number,
      tag: tag!,
      bytes: Math.min(partBytes, Number(bytes) - number * partBytes),
    }));
    await this.store.completeParts({ key, uploadRef }, lengths, Number(bytes));
  }
}

/** @throws ApiError upload.part_missing unless the store has acknowledged every part of the blob */
function requireAll(blob: UploadBlob, parts: readonly UploadPart[]): readonly UploadPart[] {
  const stored = parts.filter(({ tag }) => tag !== null);
  const numbers = new Set(stored.map(({ number }) => number));
  const missing = Array.from({ length: partCountFor(Number(blob.bytes)) }, (_, number) => number).filter(
    (number) => !numbers.has(number),
  );
  if (missing.length === 0) return stored;
  throw new ApiError('upload.part_missing', { missing: [{ blobId: blob.id, parts: missing.slice(0, 1000) }] });
}
