/** Sends one large file in parts and commits it, and goes on where an earlier process stopped. */
import { fromBase64, merkleRoot, toBase64, type UploadView } from '@aerie/protocol';
import { BlobSealer, PlaintextChanged } from '../crypto/seal.js';
import { Refusal, ServerProblem } from '../errors.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import { commitFrame } from './commit-frame.js';
import type { Stored } from './file-content.js';
import { picturesAsBefore, type IngestItem, type PicturesOutcome } from './ingest-item.js';
import { inForce } from './in-force.js';
import { sendParts } from './part-sender.js';
import { requireReceipt } from './receipts.js';
import { nameOf, sealMedia, stateBlob, type DescribedFile, type SealedMedia } from './sealed-media.js';
import type { UploadContext } from './upload-context.js';
import { UploadJournal, type UploadHead } from './upload-journal.js';

/** An upload that is open, or that turns out to be committed already. */
interface Started {
  readonly entry: UploadJournal;
  readonly view: UploadView;
}

/** After these an attempt is of no further use: key, salt and ids are thrown away, and the next one starts afresh. */
const overCodes = ['upload.closed', 'upload.conflict', 'upload.part_conflict', 'media.replayed'];
const isOver = (error: unknown): boolean =>
  error instanceof PlaintextChanged ||
  (error as Error)?.name === 'FileChanged' ||
  (error instanceof ServerProblem && overCodes.includes(error.code));

export class LargeUpload {
  constructor(
    readonly context: UploadContext,
    readonly item: IngestItem,
    readonly sha256: Uint8Array,
  ) {}

  /**
   * @param describe called once all parts are there: facts and pictures for the commit
   * @param intend called with what is about to be committed
   * @returns the verified receipt
   * @throws PlaintextChanged where the file changes while it is sent; ServerProblem; ServerUnreachable; TrustError;
   * Refusal `ingest.elsewhere` where another process or tab is at it
   */
  async send(
    describe: () => Promise<DescribedFile>,
    intend: (media: SealedMedia) => Promise<void>,
  ): Promise<Stored & { pictures: PicturesOutcome }> {
    const name = await this.#journalName(this.item.resumeKey ?? crypto.randomUUID());
    // For the whole upload: two that go on from one entry would not know of each other's segments, and where the file
    // changed in between they would send two ciphertexts under one key and nonce.
    const lock = await this.context.journal.lock(name);
    if (!lock)
      throw new Refusal(
        'ingest.elsewhere',
        'Another window or command is uploading this file. It was left to that one.',
      );
    try {
      return await this.#send(name, describe, intend);
    } finally {
      await lock.release();
    }
  }

  async #send(
    name: string,
    describe: () => Promise<DescribedFile>,
    intend: (media: SealedMedia) => Promise<void>,
  ): Promise<Stored & { pictures: PicturesOutcome }> {
    const { entry, view } = await this.#start(name);
    try {
      if (view.state === 'committed') return await this.#finish(entry, view.receipt ?? '', null);
      const sealer = await sealerOf(entry);
      const digests = await sendParts(this.context, this.item, sealer, entry, view);
      await this.item.source.assertUnchanged();
      // Under another epoch, what went in parts stays as it is: its session key is wrapped again, and the rest is sealed again.
      return await inForce(this.context, async (project) => {
        const media = await this.#sealRest(entry.head, sealer, digests, await describe(), project);
        await intend(media);
        return this.#commit(entry, media);
      });
    } catch (error) {
      if (isOver(error)) await this.#abandon(entry);
      throw error;
    }
  }

  /** Drops the keys of an attempt that is known to be committed: its process ended before it saw the receipt. */
  async forget(): Promise<void> {
    if (this.item.resumeKey === null) return;
    const { journal } = this.context;
    const name = await this.#journalName(this.item.resumeKey);
    if ((await journal.read(name)).length === 0) return;
    const lock = await journal.lock(name);
    // Whoever holds it is at that very file and forgets the entry itself.
    if (!lock) return;
    await journal.remove(name).finally(() => lock.release());
  }

  #journalName(resumeKey: string): Promise<string> {
    const { local, project } = this.context;
    return UploadJournal.nameOf(fromBase64(local.keyring.localKey), project.projectId, resumeKey);
  }

  /** Finds the entry of an earlier attempt at this very content, or begins with new keys. */
  async #start(name: string): Promise<Started> {
    const { journal, seal } = this.context;
    const head: UploadHead = {
      mediaId: crypto.randomUUID(),
      blobId: crypto.randomUUID(),
      plainBytes: this.item.source.bytes,
      sha256: toBase64(this.sha256),
      sessionKey: randomKey(),
      salt: randomKey(),
    };
    const found = await UploadJournal.read(name, journal, seal);
    if (found) {
      const resumed = await this.#resume(found, head);
      if (resumed) return resumed;
      await this.#abandon(found);
    }
    const entry = await UploadJournal.start(name, head, journal, seal);
    return { entry, view: await this.#create(entry) };
  }

  async #resume(entry: UploadJournal, wanted: UploadHead): Promise<Started | null> {
    const { head } = entry;
    if (head.sha256 !== wanted.sha256 || head.plainBytes !== wanted.plainBytes) return null;
    const { http } = this.context.local;
    const { signal } = this.context;
    try {
      const view = await http.call('readUpload', { params: { mediaId: head.mediaId }, signal });
      return view.state === 'open' || view.state === 'committed' ? { entry, view } : null;
    } catch (error) {
      if (!(error instanceof ServerProblem) || error.code !== 'upload.unknown') throw error;
      return { entry, view: await this.#create(entry) };
    }
  }

  async #create(entry: UploadJournal): Promise<UploadView> {
    const { mediaId, blobId } = entry.head;
    const { layout } = await sealerOf(entry);
    const { local, project, signal, onRetry } = this.context;
    return local.http.call('createUpload', {
      params: { projectId: project.projectId, mediaId },
      body: { blobs: [{ blobId, role: 'original', bytes: layout.objectBytes }] },
      idempotencyKey: mediaId,
      signal,
      onRetry: onRetry(this.item.path),
    });
  }

  async #sealRest(
    head: UploadHead,
    sealer: BlobSealer,
    digests: readonly Uint8Array[],
    file: DescribedFile,
    project: VerifiedProject,
  ): Promise<SealedMedia> {
    const { local } = this.context;
    const { mediaId, blobId } = head;
    const known = {
      role: 'original' as const,
      blobId,
      mediaId,
      bytes: sealer.layout.objectBytes,
      root: await merkleRoot(digests),
      sessionKey: sealer.sessionKey,
    };
    const original = { ...(await stateBlob(known, [project.epoch.certificate])), sealed: null };
    return sealMedia(file, original, mediaId, project, local);
  }

  async #commit(entry: UploadJournal, media: SealedMedia): Promise<Stored & { pictures: PicturesOutcome }> {
    await entry.recordManifest(media.manifestDigest);
    const { local, signal, onRetry } = this.context;
    const { receipt } = await local.http.call('commitUpload', {
      params: { mediaId: media.mediaId },
      body: commitFrame(media),
      idempotencyKey: crypto.randomUUID(),
      signal,
      onRetry: onRetry(this.item.path),
    });
    return this.#finish(entry, receipt, media);
  }

  /** Forgets the journal entry, but not before the receipt was found to be good. */
  async #finish(
    entry: UploadJournal,
    receipt: string,
    media: SealedMedia | null,
  ): Promise<Stored & { pictures: PicturesOutcome }> {
    const { local, project } = this.context;
    const { mediaId } = entry.head;
    const { manifest } = await requireReceipt(receipt, (await local.membership()).receiptKey, {
      mediaId,
      projectId: project.projectId,
      manifestDigests: entry.manifests,
      sealedBytes: media?.sealedBytes ?? null,
      membership: media?.membership ?? null,
    });
    await entry.remove();
    return { mediaId, receipt, manifest, names: [nameOf(this.item)], pictures: media?.pictures ?? picturesAsBefore };
  }

  /** The server frees the space by itself in time, so it need not answer now. */
  async #abandon(entry: UploadJournal): Promise<void> {
    await entry.remove();
    await this.context.local.http.call('abortUpload', { params: { mediaId: entry.head.mediaId } }).catch(() => {});
  }
}

const randomKey = (): string => toBase64(crypto.getRandomValues(new Uint8Array(32)));

const sealerOf = (entry: UploadJournal): Promise<BlobSealer> => {
  const { plainBytes, sessionKey, salt } = entry.head;
  return BlobSealer.of({ plainBytes, sessionKey: fromBase64(sessionKey), salt: fromBase64(salt), ledger: entry });
};
