/**
 * Answers whether a content is stored already. Never on the server's word alone: a file may be wiped from its card
 * because of this answer, so a match counts only with a signed manifest, or a receipt, behind it.
 */
import { Digest, Id, fromBase64, toHex, utf8 } from '@aerie/protocol';
import { z } from 'zod';
import { contentToken, localToken } from '../crypto/commitment.js';
import type { LocalSeal } from '../crypto/local-seal.js';
import { ServerProblem } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { MediaLibrary } from '../media/library.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { Journal } from './journal.js';
import { requireReceipt } from './receipts.js';
import type { SealedMedia } from './sealed-media.js';

export interface Stored {
  readonly mediaId: string;
  readonly receipt: string;
}

export interface ContentIndex {
  /** What the commit carries so that members can find the content again; null on devices that cannot make it. */
  tokenOf(sha256: Uint8Array): Promise<string | null>;
  find(sha256: Uint8Array): Promise<Stored | null>;
  /** Called before a media is sent: after a crash its answer may have been lost. */
  intend(sha256: Uint8Array, media: SealedMedia): Promise<void>;
}

const lookupsMax = 500;
/** A folder of small files is hashed faster than the server is asked: what comes up meanwhile is asked together. */
const gatherMs = 10;

/** For members: the server finds the content token, the signed and sealed `meta` of what it found confirms it. */
export class MemberIndex implements ContentIndex {
  #asking: Promise<unknown> = Promise.resolve();
  #gathering: { readonly tokens: string[]; readonly answer: Promise<Map<string, string>> } | undefined;

  constructor(
    readonly local: LocalDevice,
    readonly project: VerifiedProject,
    readonly library: MediaLibrary,
  ) {}

  tokenOf(sha256: Uint8Array): Promise<string> {
    return contentToken(this.project.opened.hashKey, sha256);
  }

  async find(sha256: Uint8Array): Promise<Stored | null> {
    const token = await this.tokenOf(sha256);
    const mediaId = (await this.#lookUp(token)).get(token);
    return mediaId === undefined ? null : this.library.confirm(this.project.projectId, mediaId, sha256);
  }

  async intend(): Promise<void> {
    // Nothing to write down: the server finds it by its token.
  }

  #lookUp(token: string): Promise<Map<string, string>> {
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

  async #ask(tokens: string[]): Promise<Map<string, string>> {
    if (this.#gathering?.tokens === tokens) this.#gathering = undefined;
    const { projectId } = this.project;
    const { found } = await this.local.http.call('findMedia', {
      params: { projectId },
      body: { contentTokens: [...new Set(tokens)] },
    });
    return new Map(found.map(({ contentToken: token, mediaId }) => [token, mediaId]));
  }
}

const Entry = z.strictObject({ content: z.string(), mediaId: Id, manifest: Digest });
type Entry = z.infer<typeof Entry>;

/** For upload-only devices, which may not ask: what this device has sent, with the receipt to show for it. */
export class DeviceIndex implements ContentIndex {
  private constructor(
    readonly local: LocalDevice,
    readonly projectId: string,
    readonly journal: Journal,
    readonly seal: LocalSeal,
    readonly name: string,
    readonly entries: Map<string, Entry>,
  ) {}

  static async open(local: LocalDevice, projectId: string, journal: Journal, seal: LocalSeal): Promise<DeviceIndex> {
    const name = `sent-${toHex(fromBase64(await localToken(fromBase64(local.keyring.localKey), 'sent', utf8(projectId))))}`;
    const entries = new Map<string, Entry>();
    for (const record of await journal.read(name)) {
      const entry = Entry.parse(await seal.open(name, record));
      entries.set(entry.content, entry);
    }
    return new DeviceIndex(local, projectId, journal, seal, name, entries);
  }

  async tokenOf(): Promise<null> {
    return null;
  }

  async find(sha256: Uint8Array): Promise<Stored | null> {
    const entry = this.entries.get(await this.#contentOf(sha256));
    if (!entry) return null;
    try {
      const { receipt } = await this.local.http.call('readUpload', { params: { mediaId: entry.mediaId } });
      if (receipt === null) return null;
      const expected = {
        mediaId: entry.mediaId,
        projectId: this.projectId,
        manifestDigests: [entry.manifest],
        sealedBytes: null,
      };
      await requireReceipt(receipt, (await this.local.roster()).receiptKey, expected);
      return { mediaId: entry.mediaId, receipt };
    } catch (error) {
      if (error instanceof ServerProblem && error.code === 'upload.unknown') return null;
      throw error;
    }
  }

  async intend(sha256: Uint8Array, media: SealedMedia): Promise<void> {
    const entry: Entry = {
      content: await this.#contentOf(sha256),
      mediaId: media.mediaId,
      manifest: media.manifestDigest,
    };
    const sealed = await this.seal.seal(this.name, entry);
    // Another process may be adding other files to the same project.
    const lock = await this.journal.lock(this.name, { wait: true });
    await this.journal.append(this.name, sealed).finally(() => lock.release());
    this.entries.set(entry.content, entry);
  }

  #contentOf(sha256: Uint8Array): Promise<string> {
    return localToken(fromBase64(this.local.keyring.localKey), 'content', sha256);
  }
}
