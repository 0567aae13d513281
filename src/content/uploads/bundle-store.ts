import { Injectable } from '@nestjs/common';
import { type BlobRole, asSealed, concatBytes } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { newObjectKey } from '../../platform/storage/object-key.js';
import { type BlobPlace, inObject, inRow } from '../media/place.js';
import { ObjectsService } from '../objects/objects.service.js';
import { OpenUploadsService } from './open-uploads.service.js';

/** A blob that came whole inside a request. */
export interface CarriedBlob {
  readonly blobId: string;
  readonly role: BlobRole;
  readonly octets: Uint8Array;
  readonly segmentDigests: Buffer;
}

/** Where carried blobs lie now, by id, and the object that they were put into, if any was. */
export interface Placed {
  readonly places: ReadonlyMap<string, BlobPlace>;
  readonly objectKey: string | null;
}

/** Roles whose blobs are small: many of them are read at once, so they lie beside each other. */
export const isSmall = (role: BlobRole): boolean => ['meta', 'thumb', 'alias'].includes(role);

/**
 * Of that many media the small blobs go into the bundle's object, where they stand together. Those of fewer wait in their
 * rows to be packed with others', or a gallery's page of 200 would be spread over as many objects as there were requests.
 */
const mediaTogetherMin = 32;

/** What one request brought becomes one object; nothing of the request's head, which has session keys, is part of it. */
@Injectable()
export class BundleStore {
  constructor(
    private readonly database: DataSource,
    private readonly objects: ObjectsService,
    private readonly open: OpenUploadsService,
  ) {}

  /**
   * Gives blobs of `media` many media a place, and sends to the store what goes there. Their octets are not needed afterwards.
   * @param blobs cut from one request
   * @throws ApiError quota.exceeded, upload.too_many, device.revoked, device.expired; StoreFull, StoreUnavailable
   */
  async place(projectId: string, deviceId: string, media: number, blobs: readonly CarriedBlob[]): Promise<Placed> {
    const inRows = blobs.filter(({ role }) => isSmall(role) && media < mediaTogetherMin);
    // As they came: a client sends small ones first, so that those of many media stand together.
    const together = blobs
      .filter((blob) => !inRows.includes(blob))
      .sort((a, b) => a.octets.byteOffset - b.octets.byteOffset);
    const places = new Map(inRows.map(({ blobId, octets }) => [blobId, inRow(octets)]));
    if (together.length === 0) return { places, objectKey: null };
    const octets = asSealed(joined(together.map((blob) => blob.octets)));
    const key = newObjectKey();
    const bytes = octets.length;
    await inTransaction(this.database, (manager) =>
      this.open.admit(manager, deviceId, () =>
        this.objects.announce(manager, [{ key, projectId, deviceId, purpose: 'bundle', bytes, bytesReserved: bytes }]),
      ),
    );
    failpoint('commit.staged');
    await this.objects.put(key, octets);
    let offset = 0;
    for (const blob of together) {
      places.set(blob.blobId, inObject(key, offset));
      offset += blob.octets.length;
    }
    return { places, objectKey: key };
  }

  /** Nothing came to lie in it. */
  async discard({ objectKey }: Placed): Promise<void> {
    if (objectKey) await this.objects.discard([objectKey]);
  }
}

/** One piece of memory. Where all that came is wanted, that is the request's own; where something is left out, a copy. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  let end = first!.byteOffset;
  for (const piece of pieces) {
    if (piece.buffer !== first!.buffer || piece.byteOffset !== end) return concatBytes(pieces);
    end += piece.length;
  }
  return new Uint8Array(first!.buffer, first!.byteOffset, end - first!.byteOffset);
}
