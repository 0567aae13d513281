import { ContainerError } from '@aerie/protocol';
import { BlobOpener } from '../crypto/open.js';
import { readSegmentDigests } from './blob-reader.js';
import type { OpenedMedia } from './media.js';
import { VerifiedSegments } from './verified-segments.js';

/**
 * An original that is read again and again, here and there, as a player reads a film.
 *
 * [Note: Ranges wait for whole segments] What is released is what the uploader signed for, down to the octet: the 8 MiB
 * segment around it has been checked against the root in the manifest. Its chunks alone would come sooner, 256 KiB at a
 * time, but would be authentic only against those without the session key, which every member has who opened the media before.
 * The price is up to 8 MiB before the first octet after a seek; docs/performance.md has what that costs. The last few
 * segments are kept, sealed, so that reads of less than a segment in a row fetch each octet once.
 */
export class OriginalReader {
  private constructor(
    readonly name: string,
    readonly mime: string,
    /** Of plaintext. */
    readonly bytes: number,
    /** Keeps the keys between ranges. */
    readonly opener: BlobOpener,
  ) {}

  /** @throws TrustError, CryptoError, ServerProblem, ServerUnreachable; ContainerError `root` */
  static async open({ media, meta, reader }: OpenedMedia): Promise<OriginalReader> {
    const original = media.blobs.get('original')!;
    const [sessionKey, digests] = await Promise.all([
      reader.sessionKey(media, original),
      readSegmentDigests(reader.local.http, media, original),
    ]);
    const segments = await VerifiedSegments.of(original, digests, (start, end, signal) =>
      reader.octets(media, original, start, end, signal),
    );
    const opener = new BlobOpener({
      sessionKey,
      objectBytes: original.bytes,
      plainBytes: meta.bytes,
      read: (start, end, signal) => segments.octets(start, end, signal),
    });
    return new OriginalReader(meta.name, meta.mime, meta.bytes, opener);
  }

  /**
   * The plaintext octets `start` up to, not including, `end`, in pieces of up to 256 KiB, fetched as they are taken.
   * Several reads may go on at a time. `return()`, which leaving a `for await` calls, and `signal` stop the transfer at
   * once. @throws ContainerError, `range` among others; ServerUnreachable; the reason of `signal`
   */
  read(start: number, end: number, { signal }: { signal?: AbortSignal } = {}): AsyncIterableIterator<Uint8Array> {
    if (start < 0 || start > end || end > this.bytes) throw new ContainerError('range');
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const pieces = this.opener.openRange(start, end, { signal: either });
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => pieces.next(),
      // A generator would only hear of it between two pieces, which may be as far apart as a transfer is slow.
      return: async () => {
        stop.abort();
        await pieces.return(undefined).catch(() => {});
        return { done: true, value: undefined };
      },
    };
  }
}
