import {
  ContainerError,
  fromBase64,
  listPageMax,
  toHex,
  type BlobRole,
  type ManifestBlob,
  type MediaView,
} from '@aerie/protocol';
import { BlobOpener } from '../crypto/open.js';
import { Refusal, ServerProblem, TrustError, explain } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { Projects } from '../projects/projects.js';
import { openAliases } from './aliases.js';
import { BlobReader, readSegmentDigests, type BlobHolder } from './blob-reader.js';
import { exportMedia, type ExportSink, type ExportedFile } from './export.js';
import { pathOf, type ListedMedia, type Media, type MediaOrder, type MediaSource, type OpenedMedia } from './media.js';
import { OriginalReader } from './original-reader.js';
import { checkMedia, type CheckOptions, type MediaCheck } from './verify.js';
import { replacementOf } from './replacement.js';
import { readMeta, verifyMedia, type VerifiedMedia } from './verified-media.js';

/** A gallery page, so that pictures of a page come in the same number of requests. */
const pageMedia = 200;
/**
 * `media`: verified media kept for the downloads that follow a listing, about 6 KB each. `thumbs`: what opens their
 * thumbnails, kept for far more of them, about 0.5 KB each, so that a gallery at any place is a few requests.
 */
const rememberedMaxDefault = { media: 2000, thumbs: 100_000 };

export class MediaLibrary implements MediaSource {
  readonly #remembered = new Map<string, VerifiedMedia>();
  readonly #thumbs = new Map<string, string>();

  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
    readonly rememberedMax = rememberedMaxDefault,
  ) {}

  /** The media of a project, oldest first. One that is not what its uploader signed is listed with its problem, unopened. */
  async *list(projectId: string): AsyncGenerator<Media> {
    for await (const page of this.pages(projectId)) yield* page.map(({ listed }) => listed);
  }

  /** The same in pages, with what was opened, null where not verified; or from the newest backwards. */
  async *pages(projectId: string, { order = 'oldest' }: { order?: MediaOrder } = {}): AsyncGenerator<ListedMedia[]> {
    const limit = Math.min(pageMedia, listPageMax);
    for (let after: string | undefined; ;) {
      const { media, next } = await this.local.http.call('listMedia', {
        params: { projectId },
        query: { after, limit, order },
      });
      yield await this.#withoutReplaced(await this.#openPage(projectId, media));
      if (next === null) return;
      if (after !== undefined && !isFurther(BigInt(next), BigInt(after), order))
        throw new TrustError('trust.manifest', 'The server lists the project in a circle');
      after = next;
    }
  }

  /** @throws ServerProblem `media.unknown` */
  async read(mediaId: string): Promise<Media> {
    return (await this.inspect(mediaId)).listed;
  }

  /** One media as the server has it now, with what was opened: as `pages` gives it. @throws ServerProblem `media.unknown` */
  async inspect(mediaId: string): Promise<ListedMedia> {
    const view = await this.local.http.call('readMedia', { params: { mediaId } });
    if (view.mediaId !== mediaId) throw new TrustError('trust.manifest', 'The server answered with another media');
    return (await this.#openPage(view.projectId, [view]))[0]!;
  }

  /**
   * Checks everything that can be checked about one media; downloads all of it. @throws the reason of `options.signal`
   * @param media its id, or what `pages` gave of it
   */
  async check(media: string | ListedMedia, options: CheckOptions = {}): Promise<MediaCheck> {
    return checkMedia(this, typeof media === 'string' ? await this.inspect(media) : media, options);
  }

  /** Of a damaged one, what was stored in its place. @throws TrustError, ServerProblem, CryptoError */
  async open(mediaId: string): Promise<OpenedMedia> {
    const { media, reader } = await this.verified(mediaId);
    const meta = await readMeta(await reader.read(media, 'meta'), media);
    const [aliases = []] = await openAliases([media.aliases], reader);
    const opened = { media, reader, meta, aliases };
    const { project } = reader;
    return (await this.local.withMembership((chain) => replacementOf(opened, project, chain))) ?? opened;
  }

  /** A media whose signatures hold, with nothing of it opened yet. @throws TrustError, ServerProblem */
  async verified(mediaId: string): Promise<{ media: VerifiedMedia; reader: BlobReader }> {
    const known = this.#remembered.get(mediaId);
    const view = known?.view ?? (await this.local.http.call('readMedia', { params: { mediaId } }));
    const media = known ?? (await this.#verify(view, view.projectId));
    const project = await this.projects.verified(view.projectId);
    if (media.manifest.mediaId !== mediaId)
      throw new TrustError('trust.manifest', 'The server answered with another media');
    this.#remember(media);
    return { media, reader: new BlobReader(this.local, project) };
  }

  /** Against the project as it is by the membership that it is verified against: the media may be of a newer epoch. */
  #verify(view: MediaView, projectId: string): Promise<VerifiedMedia> {
    return this.local.withMembership(async (membership) =>
      verifyMedia(view, await this.projects.verified(projectId), membership),
    );
  }

  async reader(projectId: string): Promise<BlobReader> {
    return new BlobReader(this.local, await this.projects.verified(projectId));
  }

  /** What opens the thumbnail of a media whose signatures hold; of one that has none, `blobs` is without it. */
  async thumbHolder(mediaId: string): Promise<BlobHolder> {
    const thumb = this.#thumbs.get(mediaId);
    return thumb === undefined ? (await this.verified(mediaId)).media : unpackThumb(thumb);
  }

  /** Asks the server again where pictures may have been added since. */
  forget(mediaId: string): void {
    this.#remembered.delete(mediaId);
    this.#thumbs.delete(mediaId);
  }

  /**
   * The original, streamed. Every segment is checked against the signed root before it is released: each octet is what the
   * uploader signed for. That these are what it hashed when it read the file, `check` and `verify` compare.
   * @param range plaintext octets; `end` is exclusive
   */
  async download(
    mediaId: string,
    range?: { start: number; end: number },
  ): Promise<{ media: Media; content: AsyncIterable<Uint8Array> }> {
    const opened = await this.open(mediaId);
    const media = describe(opened);
    if (!range) return { media, content: this.whole(opened) };
    if (range.start < 0 || range.start >= range.end || range.end > opened.meta.bytes)
      throw new Refusal('range.outside', `The file has ${opened.meta.bytes} bytes, and the range goes past its end`);
    return { media, content: (await OriginalReader.open(opened)).read(range.start, range.end) };
  }

  /** The original, for many reads: every octet is checked against what the uploader signed. @throws as `OriginalReader.open` */
  async openOriginal(mediaId: string): Promise<OriginalReader> {
    return OriginalReader.open(await this.open(mediaId));
  }

  /** The whole original, checked as `download` says. */
  async *whole(opened: OpenedMedia): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#whole(opened);
    } catch (error) {
      if (isDamage(error)) await this.#reportDamage(opened.media.manifest.mediaId);
      throw error;
    }
  }

  /** Has the server look at what it stores, so that all know; what it answers changes nothing of what was found here. */
  async #reportDamage(mediaId: string): Promise<void> {
    this.forget(mediaId);
    await this.local.http.call('checkMedia', { params: { mediaId } }).catch(() => {});
  }

  async *#whole({ media, meta, reader }: OpenedMedia): AsyncGenerator<Uint8Array> {
    const original = media.blobs.get('original')!;
    const opener = new BlobOpener({
      sessionKey: await reader.sessionKey(media, original),
      objectBytes: original.bytes,
      plainBytes: meta.bytes,
      ctRoot: fromBase64(original.root),
      segmentDigests: await readSegmentDigests(this.local.http, media, original),
      read: (start, end) => reader.octets(media, original, start, end),
    });
    yield* opener.openAll();
  }

  /** Checks everything that can be checked about every media of a project; downloads all of it. */
  async *verify(projectId: string): AsyncGenerator<MediaCheck> {
    for await (const page of this.pages(projectId)) for (const entry of page) yield await checkMedia(this, entry);
  }

  /** Writes every original as an OpenPGP message to the member, with what proves where it came from. */
  exportTo(projectId: string, sink: ExportSink): AsyncGenerator<ExportedFile> {
    return exportMedia(this, projectId, sink);
  }

  async #openPage(projectId: string, views: readonly MediaView[]): Promise<ListedMedia[]> {
    const verified = await Promise.all(
      views.map((view) => this.#verify(view, projectId).catch((error: Error) => error)),
    );
    const reader = await this.reader(projectId);
    const sound = verified.filter((media): media is VerifiedMedia => !(media instanceof Error));
    const metas = await reader.readMany(sound, 'meta');
    const names = await openAliases(
      sound.map(({ aliases }) => aliases),
      reader,
    );
    const aliasesOf = new Map(sound.map(({ view }, i) => [view.mediaId, names[i]!]));
    return Promise.all(
      views.map(async (view, i) => {
        try {
          const media = verified[i]!;
          if (media instanceof Error) throw media;
          const plain = metas.get(view.mediaId)!;
          if (plain instanceof Error) throw plain;
          const aliases = aliasesOf.get(view.mediaId)!;
          const opened = { media, meta: await readMeta(plain, media), aliases, reader };
          this.#remember(media);
          return { listed: describe(opened), opened };
        } catch (error) {
          return { listed: quarantined(view, error), opened: null };
        }
      }),
    );
  }

  /** A damaged media whose replacement is listed, at its own place, is not listed beside it. */
  async #withoutReplaced(page: ListedMedia[]): Promise<ListedMedia[]> {
    const membership = await this.local.membership();
    const isReplaced = await Promise.all(
      // What cannot be trusted replaces nothing; whoever opens the file is told of it.
      page.map(
        async ({ opened }) =>
          opened !== null &&
          (await replacementOf(opened, opened.reader.project, membership).catch(() => null)) !== null,
      ),
    );
    return page.filter((_, i) => !isReplaced[i]);
  }

  #remember(media: VerifiedMedia): void {
    keep(this.#remembered, media.manifest.mediaId, media, this.rememberedMax.media);
    keep(this.#thumbs, media.manifest.mediaId, packThumb(media), this.rememberedMax.thumbs);
  }
}

function keep<T>(map: Map<string, T>, mediaId: string, value: T, max: number): void {
  if (map.size >= max && !map.has(mediaId)) map.delete(map.keys().next().value!);
  map.set(mediaId, value);
}

/** As little as opens the thumbnail, as one text: half of what it takes as objects, and a tenth of a whole media. */
function packThumb({ manifest, view, blobs }: VerifiedMedia): string {
  const { mediaId, projectId, epoch, epochFp } = manifest;
  const thumb = blobs.get('thumb');
  const pkesks = view.pkesks.filter(({ blobId }) => blobId === thumb?.blobId);
  return JSON.stringify([{ mediaId, projectId, epoch, epochFp }, { pkesks }, thumb ? [['thumb', thumb]] : []]);
}

function unpackThumb(packed: string): BlobHolder {
  const [manifest, view, blobs] = JSON.parse(packed) as [
    BlobHolder['manifest'],
    BlobHolder['view'],
    [BlobRole, ManifestBlob][],
  ];
  return { manifest, view, blobs: new Map(blobs) };
}

/** Whether what came was not what was stored, or nothing at all. */
const isDamage = (error: unknown): boolean =>
  error instanceof ContainerError ||
  (error instanceof TrustError && error.code === 'trust.blob') ||
  (error instanceof ServerProblem && error.code === 'blob.missing');

/** A listing only ever moves on, or it would never end. */
const isFurther = (next: bigint, after: bigint, order: MediaOrder): boolean =>
  order === 'oldest' ? next > after : next < after;

function describe({ media, meta, aliases }: OpenedMedia): Media {
  const { view, manifest, uploader, blobs } = media;
  return {
    mediaId: manifest.mediaId,
    projectId: manifest.projectId,
    verified: true,
    name: meta.name,
    path: pathOf(meta),
    aliases: [...new Set(aliases.map(pathOf))].filter((path) => path !== pathOf(meta)).sort(),
    bytes: meta.bytes,
    mime: meta.mime,
    sha256: toHex(fromBase64(meta.sha256)),
    capturedAt: meta.capture.capturedAt ?? null,
    capture: meta.capture,
    modifiedAt: meta.modifiedAt,
    uploader: {
      memberId: uploader.record.memberId,
      member: uploader.member.record.name,
      deviceId: uploader.record.deviceId,
      device: uploader.label,
    },
    previews: (['thumb', 'preview'] as const).filter((role) => blobs.has(role)),
    rendering: view.rendering,
    committedAt: media.committedAt,
    damagedAt: view.damagedAt,
    receipt: view.receipt,
  };
}

function quarantined(view: MediaView, error: unknown): Media {
  return {
    mediaId: view.mediaId,
    projectId: view.projectId,
    verified: false,
    problem: explain(error),
    name: null,
    path: null,
    aliases: [],
    bytes: null,
    mime: null,
    sha256: null,
    capturedAt: null,
    capture: null,
    modifiedAt: null,
    uploader: null,
    previews: [],
    rendering: view.rendering,
    committedAt: view.committedAt,
    damagedAt: view.damagedAt,
    receipt: view.receipt,
  };
}
