import { Readable, Transform, pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { type SmallBlobsHead, printFrame, smallBlobBytesMax } from '@aerie/protocol';
import { DataSource, In } from 'typeorm';
import type { z } from 'zod';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { ProjectAccess } from '../projects/project-access.js';
import { type ByteRange, ObjectStore, isAbsence } from '../../platform/storage/object-store.port.js';
import { Blob } from './blob.entity.js';
import { MediaService } from './media.service.js';
import { type Slice, cutFrom, slicesOf } from './slices.js';

/** Sealed octets, wherever they are kept. */
@Injectable()
export class BlobsService {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly media: MediaService,
    private readonly access: ProjectAccess,
  ) {}

  /** @throws ApiError media.unknown, blob.unknown */
  async require(caller: Caller, mediaId: string, blobId: string): Promise<Blob> {
    await this.media.require(caller, mediaId);
    const blob = await this.database.getRepository(Blob).findOneBy({ id: blobId, mediaId });
    if (!blob || (caller.kind === 'renderer' && blob.role !== 'source')) throw new ApiError('blob.unknown');
    return blob;
  }

  /** Streams the blob, or octets `start` to `end` (exclusive) of it. @throws ApiError blob.missing */
  async open(blob: Blob, range?: ByteRange): Promise<Readable> {
    const { start, end } = range ?? { start: 0, end: Number(blob.bytes) };
    if (blob.content) return Readable.from([blob.content.subarray(start, end)]);
    const stored = await this.openStored(blob, start, end);
    if (stored) return stored;
    const moved = await this.database.getRepository(Blob).findOneBy({ id: blob.id });
    // It was packed, or its object compacted, since its row was read.
    if (moved && moved.objectKey !== blob.objectKey) return this.open(moved, range);
    throw new ApiError('blob.missing');
  }

  /** Null where the store has no such object, or it ends before that range. */
  private async openStored({ objectKey, objectOffset }: Blob, start: number, end: number): Promise<Readable | null> {
    const offset = Number(objectOffset);
    try {
      return await this.store.get(objectKey!, { start: offset + start, end: offset + end });
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  /**
   * Streams exactly octets `start` to `end` of the blob, as promised in a Content-Length. Where the store holds fewer, the
   * stream breaks off, and so does the answer: a client must not wait for the rest. @throws ApiError blob.missing
   */
  async openExactly(blob: Blob, range: ByteRange): Promise<Readable> {
    const stored = await this.open(blob, range);
    // Through a pipeline, so that destroying what is handed out closes the store's stream too, even if nothing was read.
    return pipeline(stored, exactly(range.end - range.start), () => undefined);
  }

  /** Small blobs of one project in one frame, in the order they were asked for; unknown ids are left out. */
  async readSmall(caller: Caller, projectId: string, blobIds: readonly string[]): Promise<Uint8Array> {
    await this.access.require(caller, projectId, 'read');
    const found = await this.database
      .getRepository(Blob)
      .createQueryBuilder('blob')
      .innerJoin('media', 'media', 'media.id = blob.media_id AND media.project_id = :projectId', { projectId })
      .where({ id: In([...blobIds]) })
      .andWhere("blob.bytes <= :most AND (:kind <> 'renderer' OR blob.role = 'source')", {
        most: smallBlobBytesMax,
        kind: caller.kind,
      })
      .getMany();
    const contents = new Map<string, Uint8Array>();
    for (const blob of found) if (blob.content) contents.set(blob.id, blob.content);
    for (const slice of slicesOf(found)) await this.readSlice(slice, contents);
    const order = blobIds.filter((id) => contents.has(id));
    const head: z.infer<typeof SmallBlobsHead> = {
      blobs: order.map((blobId) => ({ blobId, bytes: contents.get(blobId)!.length })),
    };
    return printFrame(
      head,
      order.map((id) => contents.get(id)!),
    );
  }

  /** What the store has lost is left out, and does not keep the others back: asked for by itself, it is `blob.missing`. */
  private async readInto(contents: Map<string, Uint8Array>, blob: Blob): Promise<void> {
    try {
      contents.set(blob.id, await buffer(await this.open(blob)));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'blob.missing') throw error;
    }
  }

  private async readSlice(slice: Slice, contents: Map<string, Uint8Array>): Promise<void> {
    try {
      const octets = await buffer(await this.store.get(slice.key, slice));
      for (const blob of slice.blobs) {
        const own = cutFrom(slice, octets, blob);
        if (own.length === Number(blob.bytes)) contents.set(blob.id, own);
      }
    } catch (error) {
      if (!isAbsence(error)) throw error;
      // Cut short, where those before the cut are still there; or all of them lie elsewhere by now.
      for (const blob of slice.blobs) await this.readInto(contents, blob);
    }
  }
}

/** Passes on that many octets, and fails where there are fewer or more. */
function exactly(bytes: number): Transform {
  let missing = bytes;
  return new Transform({
    transform(octets: Buffer, _encoding, done) {
      missing -= octets.length;
      done(null, octets);
    },
    flush(done) {
      done(missing === 0 ? null : new ApiError('blob.missing'));
    },
  });
}
