/** Fetches sealed blobs and opens them: nothing comes out that is not what the uploader signed for. */
import {
  SmallBlobsHead,
  concatBytes,
  cutBodies,
  fromBase64,
  jsonBytesMax,
  parseFrame,
  segmentCountFor,
  smallBlobBytesMax,
  smallBlobsPerRead,
  type BlobRole,
  type ManifestBlob,
  type MediaManifest,
  type MediaView,
} from '@aerie/protocol';
import type { Http } from '../api/http.js';
import { requireCommitment } from '../crypto/commitment.js';
import { BlobOpener } from '../crypto/open.js';
import { unwrapSessionKey, type SecretKey } from '../crypto/openpgp.js';
import { ServerUnreachable, TrustError, Refusal } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { VerifiedProject } from '../projects/verified-project.js';

/** A transfer that breaks off this often without a single octet in between is given up. */
const brokenOffMax = 5;
const brokenOffWaitMs = 500;
/** Pictures and descriptions are opened in memory. */
const wholeBytesMax = 16 * 1024 * 1024;

/** SHA-256. */
const digestBytes = 32;

/** What a reader needs to know of a verified media to open its blobs. */
export interface BlobHolder {
  readonly manifest: Pick<MediaManifest, 'mediaId' | 'projectId' | 'epoch' | 'epochFp'>;
  readonly view: Pick<MediaView, 'pkesks'>;
  readonly blobs: ReadonlyMap<BlobRole, ManifestBlob>;
}

export class BlobReader {
  constructor(
    readonly local: LocalDevice,
    readonly project: VerifiedProject,
  ) {}

  /**
   * The session key of a blob, proven to be the one that the uploader sealed with.
   * @throws TrustError `trust.blob` where it is missing; CryptoError `not_for_us`, `commitment`
   */
  async sessionKey(media: BlobHolder, blob: ManifestBlob): Promise<Uint8Array> {
    const { manifest, view } = media;
    const recipient = this.#recipient(media);
    const pkesk = view.pkesks.find(
      ({ blobId, recipientFp }) => blobId === blob.blobId && recipientFp === recipient.certificate.fingerprint,
    );
    if (!pkesk) throw new TrustError('trust.blob', `The server has no session key of the ${blob.role} for this device`);
    const sessionKey = await unwrapSessionKey(fromBase64(pkesk.packet), recipient);
    await requireCommitment(blob.keyCommitment, sessionKey, manifest.mediaId, blob.blobId);
    return sessionKey;
  }

  /** Opens a blob that is in memory. @throws ContainerError, TrustError, CryptoError */
  async open(media: BlobHolder, blob: ManifestBlob, sealed: Uint8Array): Promise<Uint8Array> {
    const opener = new BlobOpener({
      sessionKey: await this.sessionKey(media, blob),
      objectBytes: blob.bytes,
      ctRoot: fromBase64(blob.root),
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of opener.openAll(
      (async function* () {
        yield sealed;
      })(),
    ))
      pieces.push(piece);
    return concatBytes(pieces);
  }

  /** Fetches and opens one blob whole. @throws Refusal `picture.none` where there is none in that role */
  async read(media: BlobHolder, role: BlobRole, bytesMax: number = wholeBytesMax): Promise<Uint8Array> {
    const blob = media.blobs.get(role);
    if (!blob) throw new Refusal('picture.none', `This media has no ${role}`);
    if (blob.bytes > bytesMax) throw new TrustError('trust.blob', `The ${role} is too large to be one`);
    const pieces: Uint8Array[] = [];
    for await (const piece of this.octets(media, blob, 0, blob.bytes)) pieces.push(piece);
    return this.open(media, blob, concatBytes(pieces));
  }

  /**
   * Opens the blobs of that role of many media, in as few requests as can be.
   * @returns by media id, each its plaintext or why there is none; media without such a blob are left out
   */
  async readMany(medias: readonly BlobHolder[], role: 'meta' | 'thumb'): Promise<Map<string, Uint8Array | Error>> {
    const wanted = medias.flatMap((holder) => {
      const blob = holder.blobs.get(role);
      return blob ? [{ holder, blob }] : [];
    });
    const opened = await this.readEach(wanted);
    return new Map(wanted.map(({ holder, blob }) => [holder.manifest.mediaId, opened.get(blob.blobId)!]));
  }

  /** The same for any blobs. @returns by blob id, each its plaintext or why there is none */
  async readEach(
    wanted: readonly { readonly holder: BlobHolder; readonly blob: ManifestBlob }[],
  ): Promise<Map<string, Uint8Array | Error>> {
    const small = wanted.filter(({ blob }) => blob.bytes <= smallBlobBytesMax);
    const batches = Array.from({ length: Math.ceil(small.length / smallBlobsPerRead) }, (_, i) =>
      small.slice(i * smallBlobsPerRead, (i + 1) * smallBlobsPerRead).map(({ blob }) => blob),
    );
    const sealed = new Map((await Promise.all(batches.map((blobs) => this.#readSmall(blobs)))).flat());
    const opened = wanted.map(async ({ holder, blob }): Promise<[string, Uint8Array | Error]> => {
      const octets = sealed.get(blob.blobId);
      const plain = octets ? this.open(holder, blob, octets) : this.read(holder, blob.role);
      return [blob.blobId, await plain.catch((error: Error) => error)];
    });
    return new Map(await Promise.all(opened));
  }

  /**
   * The sealed octets from `start` up to, not including, `end`; goes on by itself where the transfer breaks off, unless
   * it was `signal` that broke it off: then that is thrown. A blob that is wanted whole always comes from the server: what
   * is checked is what it has now. Parts, which players ask for again and again, may come from a browser's cache.
   */
  async *octets(
    { manifest }: BlobHolder,
    { blobId, bytes }: ManifestBlob,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const params = { mediaId: manifest.mediaId, blobId };
    const isFresh = start === 0 && end === bytes;
    let at = start;
    for (let broken = 0; at < end;) {
      try {
        const headers: Record<string, string> = at === 0 && end === bytes ? {} : { range: `bytes=${at}-${end - 1}` };
        const { status, octets } = await this.local.http.stream('readBlob', { params, headers, signal, isFresh });
        if (status !== 206 && headers.range)
          throw new TrustError('trust.blob', 'The server answered with other octets than those asked for');
        for await (const piece of octets) {
          // One octet more than was asked for is passed on, so that the reader refuses it; no more is taken.
          const wanted = piece.subarray(0, end - at + 1);
          at += wanted.length;
          broken = 0;
          yield wanted;
          if (at > end) return;
        }
        if (at < end) throw new ServerUnreachable('the transfer ended early');
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ServerUnreachable) || ++broken >= brokenOffMax) throw error;
        await new Promise((resolve) => setTimeout(resolve, brokenOffWaitMs * broken));
      }
    }
  }

  /** A member opens with the key of the epoch; a renderer with its own. */
  #recipient({ manifest }: BlobHolder): SecretKey {
    return this.local.holdsMemberKey
      ? this.project.secretKeyOf(manifest.epoch, manifest.epochFp)
      : this.local.deviceKey;
  }

  async #readSmall(blobs: readonly ManifestBlob[]): Promise<[string, Uint8Array][]> {
    const { projectId } = this.project;
    const bytesMax = jsonBytesMax + blobs.reduce((sum, { bytes }) => sum + bytes, 0);
    const blobIds = blobs.map(({ blobId }) => blobId);
    const frame = await this.local.http.call('readSmallBlobs', { params: { projectId }, body: { blobIds }, bytesMax });
    try {
      const { head, bodies } = parseFrame(frame);
      const { blobs: found } = SmallBlobsHead.parse(head);
      const pieces = cutBodies(
        bodies,
        found.map(({ bytes }) => bytes),
      );
      return found.map(({ blobId }, i) => [blobId, pieces[i]!]);
    } catch (error) {
      throw new ServerUnreachable('its answer cannot be read', { cause: error });
    }
  }
}

/** The digests under the root that the manifest signs. @throws ServerUnreachable where they are no whole digests */
export async function readSegmentDigests(
  http: Http,
  { manifest }: BlobHolder,
  { blobId, bytes }: ManifestBlob,
): Promise<Uint8Array[]> {
  const bytesMax = digestBytes * segmentCountFor(bytes);
  const params = { mediaId: manifest.mediaId, blobId };
  const octets = await http.call('readSegments', { params, bytesMax, isFresh: true });
  if (octets.length % digestBytes !== 0) throw new ServerUnreachable('its answer cannot be read');
  return Array.from({ length: octets.length / digestBytes }, (_, i) =>
    octets.subarray(digestBytes * i, digestBytes * (i + 1)),
  );
}
