/**
 * Answers whether a content is stored already. Never on the server's word alone, nor on that of any uploader: a file may
 * be wiped from its card because of this answer.
 */
import { ContainerError, Digest, Id, fromBase64, toBase64 } from '@aerie/protocol';
import { z } from 'zod';
import { contentToken, localToken } from '../crypto/commitment.js';
import type { LocalSeal } from '../crypto/local-seal.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { ServerProblem, TrustError } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { MediaLibrary } from '../media/library.js';
import type { OpenedMedia } from '../media/media.js';
import { checkOriginal } from '../media/verify.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { Journal } from './journal.js';
import { isNamed, type FileContent, type Stored } from './file-content.js';
import { requireReceipt } from './receipts.js';
import { SealedList, listName } from './sealed-list.js';
import type { UploadContext } from './upload-context.js';
import type { SealedMedia } from './sealed-media.js';

/** What is there of a content. Where it is not stored, `damaged` names a media that was this file and is whole no more. */
export interface Found {
  readonly stored: Stored | null;
  readonly damaged: string | null;
}
const nothing: Found = { stored: null, damaged: null };

export interface ContentIndex {
  /** What the commit carries so that members can find the content again; null on devices that cannot make it. */
  tokenOf(content: FileContent): Promise<string | null>;
  /** @param onChecked octets of an original that had to be fetched to be believed */
  find(content: FileContent, onChecked?: (bytesDone: number) => void): Promise<Found>;
  /** Called before a media is sent: after a crash its answer may have been lost. */
  intend(content: FileContent, media: SealedMedia): Promise<void>;
  /** Called once a further name of it is kept. */
  named(content: FileContent, stored: Stored): Promise<void>;
}

const lookupsMax = 500;
/** A folder of small files is hashed faster than the server is asked: what comes up meanwhile is asked together. */
const gatherMs = 10;

/** The media of one content that are looked at: more come only from a server or member that wants to keep this client busy. */
const candidatesMax = 8;
/** Of those that others stored, how many originals are fetched to check them: after that, sending it again is cheaper. */
const checksMax = 2;

const Checked = z.strictObject({ manifest: Digest });

/**
 * For members: the server finds media by the content token, and what it found has to prove itself. A signed description
 * with the right digest is the word of its uploader only: it counts where that is this member on a full device, or this
 * very device. Of others, the original is fetched and hashed once: otherwise any member who may add to a project could make others
 * skip their file by storing something else under its digest.
 */
export class MemberIndex implements ContentIndex {
  #asking: Promise<unknown> = Promise.resolve();
  #gathering: { readonly tokens: string[]; readonly answer: Promise<Map<string, string[]>> } | undefined;

  private constructor(
    readonly local: LocalDevice,
    readonly ingest: Pick<UploadContext, 'project'>,
    readonly library: MediaLibrary,
    /** Manifests whose original this device has checked. */
    readonly checked: SealedList<z.infer<typeof Checked>>,
  ) {}

  static async open(context: UploadContext, library: MediaLibrary): Promise<MemberIndex> {
    const { local, journal, seal, project } = context;
    const name = await listName(local, 'checked', project.projectId);
    const checked = await SealedList.open(journal, seal, name, Checked, ({ manifest }) => manifest);
    return new MemberIndex(local, context, library, checked);
  }

  get project(): VerifiedProject {
    return this.ingest.project;
  }

  tokenOf({ identity }: FileContent): Promise<string> {
    return contentToken(this.project.opened.hashKey, identity);
  }

  /** Under the hash key of each epoch: a file may have been stored in any of them. */
  async #mediaOf({ identity }: FileContent): Promise<string[]> {
    const hashKeys = [...this.project.envelopes.values()].map(({ hashKey }) => hashKey).reverse();
    const tokens = await Promise.all(hashKeys.map((hashKey) => contentToken(hashKey, identity)));
    const found = await Promise.all(tokens.map(async (token) => (await this.#lookUp(token)).get(token) ?? []));
    return [...new Set(found.flat())];
  }

  async find(content: FileContent, onChecked: (bytesDone: number) => void = () => {}): Promise<Found> {
    const mediaIds = (await this.#mediaOf(content)).slice(0, candidatesMax);
    const own: Stored[] = [];
    const byOthers: OpenedMedia[] = [];
    let damaged: string | null = null;
    for (const mediaId of mediaIds) {
      const candidate = await this.#candidate(mediaId, content.sha256);
      if (candidate === 'damaged') damaged = mediaId;
      else if (candidate && this.#isOwn(candidate)) own.push(storedAs(candidate));
      else if (candidate) byOthers.push(candidate);
    }
    // A content is stored again only where one media has as many names as there may be.
    const stored = own.find((one) => isNamed(one, content)) ?? leastNamed(own);
    if (stored) return { stored, damaged: null };
    for (const opened of byOthers.slice(0, checksMax))
      if (await this.#check(opened, onChecked)) return { stored: storedAs(opened), damaged: null };
    return { stored: null, damaged };
  }

  async intend(): Promise<void> {
    // Nothing to write down: the server finds it by its token.
  }

  async named(): Promise<void> {
    // Nor here: the media itself says what it is called.
  }

  /** The media, where it verifies, claims to be that content and is whole as far as the server knows. */
  async #candidate(mediaId: string, sha256: Uint8Array): Promise<OpenedMedia | 'damaged' | null> {
    const { projectId } = this.project;
    // What was remembered of it may be older than the damage.
    this.library.forget(mediaId);
    const verified = await unlessDoubtful(() => this.library.verified(mediaId));
    if (verified?.media.manifest.projectId !== projectId) return null;
    const opened = await unlessDoubtful(() => this.library.open(mediaId));
    const isDamaged = (opened?.media ?? verified.media).view.damagedAt !== null;
    if (!opened) return isDamaged ? 'damaged' : null;
    if (opened.meta.sha256 !== toBase64(sha256)) return null;
    return isDamaged ? 'damaged' : opened;
  }

  #isOwn({ media }: OpenedMedia): boolean {
    const { kind, memberId, deviceId } = media.uploader.record;
    const { keyring } = this.local;
    return deviceId === keyring.deviceId || (kind === 'full' && memberId === keyring.memberId);
  }

  /** Fetches the original and compares it with the digest that its uploader claimed; once, unless it fails. */
  async #check(opened: OpenedMedia, onChecked: (bytesDone: number) => void): Promise<boolean> {
    const { manifestDigest: manifest } = opened.media;
    if (this.checked.get(manifest)) return true;
    const isWhole = await unlessDoubtful(async () => {
      await checkOriginal(this.library, opened, { onProgress: onChecked });
      return true;
    });
    if (isWhole) await this.checked.add({ manifest });
    return isWhole ?? false;
  }

  #lookUp(token: string): Promise<Map<string, string[]>> {
    if (!this.#gathering || this.#gathering.tokens.length >= lookupsMax) {
      const tokens: string[] = [];
      const pause = new Promise<void>((resolve) => setTimeout(resolve, gatherMs));
      const answer = Promise.all([pause, this.#asking]).then(() => this.#ask(tokens));
      this.#asking = answer.catch(() => {});
      this.#gathering = { tokens, answer };
    }
    this.#gathering.tokens.push(token);
    return this.#gathering.answer;
  }

  async #ask(tokens: string[]): Promise<Map<string, string[]>> {
    if (this.#gathering?.tokens === tokens) this.#gathering = undefined;
    const { projectId } = this.project;
    const { found } = await this.local.http.call('findMedia', {
      params: { projectId },
      body: { contentTokens: [...new Set(tokens)] },
    });
    const byToken = new Map<string, string[]>();
    for (const { contentToken: token, mediaId } of found) byToken.set(token, [...(byToken.get(token) ?? []), mediaId]);
    return byToken;
  }
}

const storedAs = ({ media, meta, aliases }: OpenedMedia): Stored => ({
  mediaId: media.manifest.mediaId,
  receipt: media.view.receipt,
  manifest: media.manifestDigest,
  names: [meta, ...aliases],
});

const leastNamed = (all: readonly Stored[]): Stored | undefined =>
  [...all].sort((one, other) => one.names.length - other.names.length)[0];

/** Null where what the server shows contradicts what was signed, or is not there: sending it once more is safe. */
async function unlessDoubtful<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const isDoubtful =
      error instanceof TrustError ||
      error instanceof CryptoError ||
      error instanceof ContainerError ||
      (error instanceof ServerProblem && (error.problem.status < 500 || error.code === 'blob.missing'));
    if (isDoubtful) return null;
    throw error;
  }
}

const Entry = z.strictObject({
  content: z.string(),
  mediaId: Id,
  manifest: Digest,
  names: z.array(z.strictObject({ name: z.string(), folder: z.string() })),
});
type Entry = z.infer<typeof Entry>;

/** For upload-only devices, which may not ask: what this device has sent, with the receipt to show for it. */
export class DeviceIndex implements ContentIndex {
  private constructor(
    readonly local: LocalDevice,
    readonly projectId: string,
    readonly sent: SealedList<Entry>,
  ) {}

  static async open(local: LocalDevice, projectId: string, journal: Journal, seal: LocalSeal): Promise<DeviceIndex> {
    const name = await listName(local, 'sent', projectId);
    return new DeviceIndex(
      local,
      projectId,
      await SealedList.open(journal, seal, name, Entry, ({ content }) => content),
    );
  }

  async tokenOf(): Promise<null> {
    return null;
  }

  async find(content: FileContent): Promise<Found> {
    const entry = this.sent.get(await this.#tokenOf(content));
    if (!entry) return nothing;
    const { mediaId, manifest, names } = entry;
    try {
      const { receipt, damagedAt } = await this.local.http.call('readUpload', { params: { mediaId } });
      if (receipt === null) return nothing;
      const known = { mediaId, projectId: this.projectId, manifestDigests: [manifest] };
      const expected = { ...known, sealedBytes: null, membership: null };
      await requireReceipt(receipt, (await this.local.membership()).receiptKey, expected);
      if (damagedAt !== null) return { stored: null, damaged: mediaId };
      return { stored: { mediaId, receipt, manifest, names }, damaged: null };
    } catch (error) {
      if (error instanceof ServerProblem && error.code === 'upload.unknown') return nothing;
      throw error;
    }
  }

  async intend(content: FileContent, { mediaId, manifestDigest: manifest }: SealedMedia): Promise<void> {
    await this.#write(content, { mediaId, manifest, names: [] });
  }

  async named(content: FileContent, stored: Stored): Promise<void> {
    await this.#write(content, stored);
  }

  async #write(
    content: FileContent,
    { mediaId, manifest, names }: Pick<Stored, 'mediaId' | 'manifest' | 'names'>,
  ): Promise<void> {
    const { name, folder } = content;
    await this.sent.add({
      content: await this.#tokenOf(content),
      mediaId,
      manifest,
      names: [...names.map((one) => ({ name: one.name, folder: one.folder })), { name, folder }],
    });
  }

  #tokenOf({ identity }: FileContent): Promise<string> {
    return localToken(fromBase64(this.local.keyring.localKey), 'content', identity);
  }
}
