import { ContainerLayout } from '@aerie/protocol';
import { NotTheServer, Refusal, ServerProblem, TrustError, explain } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { MediaLibrary } from '../media/library.js';
import { pathOf } from '../media/media.js';
import type { Projects } from '../projects/projects.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import { addAlias } from './alias.js';
import { Bundler, fitsBundle } from './bundler.js';
import { DeviceIndex, MemberIndex, type ContentIndex } from './content-index.js';
import { contentOf, isNamed, type FileContent, type Stored } from './file-content.js';
import { Channel, Permits, inLanes } from './flow.js';
import {
  picturesAsBefore,
  picturesOfNothing,
  type IngestInput,
  type IngestItem,
  type IngestOptions,
  type IngestResult,
  type PicturesOutcome,
} from './ingest-item.js';
import { inForce } from './in-force.js';
import { LargeUpload } from './large-upload.js';
import { requireReceipt } from './receipts.js';
import { nameOf, rewrapped, sealBlob, sealMedia, type DescribedFile, type SealedMedia } from './sealed-media.js';
import { openContext, type UploadContext } from './upload-context.js';

/** Files being hashed, looked up and prepared at a time: enough to fill a lookup and a bundle. */
const concurrencyDefault = 16;
/** Two cores, and a decoded photograph is 60 MB. */
const picturesAtATime = 2;
/** Each has several parts in flight; a second one hides the first one's pauses. */
const largeFilesAtATime = 2;
/** Room for manifest and PKESKs of one media in the head of a bundle. */
const headBytesMax = 16 * 1024;
/** Beside the original: meta, thumbnail and preview. */
const picturesBytesTypical = 1024 * 1024;

/** Errors that every further file would meet as well. */
const fatalCodes = [
  'device.revoked',
  'device.expired',
  'device.unknown',
  'session.signature_invalid',
  'access.denied',
  'project.unknown',
];
const isFatal = (error: unknown): boolean =>
  (error instanceof ServerProblem && fatalCodes.includes(error.code)) ||
  (error instanceof NotTheServer && error.code !== 'network.too_large') ||
  (error instanceof TrustError &&
    ['trust.root', 'trust.membership', 'trust.project', 'trust.epoch', 'trust.rollback'].includes(error.code));

export class Uploads {
  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
    readonly library: MediaLibrary,
  ) {}

  /**
   * Seals and stores files. Results come in the order in which files finish; one bad file never stops the rest.
   * Before the first octet leaves, the project's epoch is verified up to the root.
   * @throws TrustError, ServerProblem where nothing at all can go on; what had finished before came out first
   */
  async *ingest(items: AsyncIterable<IngestInput>, options: IngestOptions): AsyncGenerator<IngestResult> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const context = await openContext(this.local, this.projects, options, signal);
    const index = this.local.holdsMemberKey
      ? await MemberIndex.open(context, this.library)
      : await DeviceIndex.open(this.local, options.projectId, context.journal, context.seal);
    const results = new Channel<IngestResult>();
    const run = new IngestRun(context, index, results);
    const finished = run.all(items, options.concurrency ?? concurrencyDefault).then(
      () =>
        results.end(
          run.fatal ?? (options.signal?.aborted ? new Refusal('ingest.aborted', 'The work was canceled') : undefined),
        ),
      (error: unknown) => results.end(error),
    );
    try {
      yield* results;
    } finally {
      stop.abort();
      await finished;
    }
  }
}

/** What is to be stored, and the damaged media that it is stored in place of. */
interface ToStore extends FileContent {
  readonly replaces: string | null;
}

/** What comes of an input that is no file to store. */
function withoutMedia(input: Exclude<IngestInput, IngestItem>): IngestResult {
  const nothing = {
    path: input.path,
    mediaId: null,
    bytes: 0,
    storedAs: null,
    receipt: null,
    pictures: picturesOfNothing,
  };
  if ('skipped' in input) return { ...nothing, status: 'skipped' };
  const problem = { code: 'file.unreadable', message: input.problem, hint: 'The rest of the batch goes on.' };
  return { ...nothing, status: 'failed', problem };
}

class IngestRun {
  /** Set once nothing further can succeed. */
  fatal: unknown;
  readonly #bundler: Bundler;
  readonly #pictures = new Permits(picturesAtATime);
  readonly #largeFiles = new Permits(largeFilesAtATime);
  /** Files whose bundle is under way. */
  readonly #pending = new Set<Promise<void>>();
  /** Contents of this run: the same file twice in one folder is stored once. */
  readonly #underWay = new Map<string, Promise<Stored | null>>();

  constructor(
    readonly context: UploadContext,
    readonly index: ContentIndex,
    readonly results: Channel<IngestResult>,
  ) {
    const { local, project, signal, onRetry } = context;
    this.#bundler = new Bundler(local.http, project.projectId, signal, onRetry(null));
  }

  async all(items: AsyncIterable<IngestInput>, concurrency: number): Promise<void> {
    const input = items[Symbol.asyncIterator]();
    // Generators take one `next` at a time in order, so many lanes may ask.
    await inLanes(this.#until(input), concurrency, (item) => this.#one(item));
    this.#bundler.flush();
    await Promise.all(this.#pending);
    await input.return?.();
  }

  /** The input until something fatal happens or the caller has had enough. */
  #until(input: AsyncIterator<IngestInput>): AsyncIterator<IngestInput> {
    return {
      next: async () => {
        if (this.fatal !== undefined || this.context.signal.aborted) return { done: true, value: undefined };
        return input.next();
      },
    };
  }

  async #one(item: IngestInput): Promise<void> {
    if (!('source' in item)) return this.results.push(withoutMedia(item));
    this.context.onEvent({ kind: 'started', path: item.path, bytes: item.source.bytes });
    try {
      await this.#store(item);
    } catch (error) {
      await this.#fail(item, error);
    }
  }

  async #store(item: IngestItem): Promise<void> {
    const objectBytes = this.#objectBytes(item);
    const content = await contentOf(item);
    const key = content.identity.join();
    const twin = this.#underWay.get(key);
    if (twin) {
      this.#bundler.flush();
      const stored = await twin;
      if (stored && (await this.#keepsName(item, content, stored)))
        return this.#succeed(item, 'already-stored', stored, picturesAsBefore);
    }
    let settle: (stored: Stored | null) => void = () => {};
    this.#underWay.set(key, new Promise((resolve) => (settle = resolve)));
    try {
      const { bytes } = item.source;
      const { stored, damaged } = await this.index.find(content, (bytesDone) =>
        this.context.onEvent({ kind: 'progress', path: item.path, bytesDone, bytes }),
      );
      if (stored && (await this.#keepsName(item, content, stored))) {
        settle(stored);
        await new LargeUpload(this.context, item, content.sha256).forget();
        return await this.#succeed(item, 'already-stored', stored, picturesAsBefore);
      }
      const isSmall = fitsBundle(objectBytes + picturesBytesTypical, headBytesMax);
      const file = { ...content, replaces: damaged };
      await (isSmall ? this.#storeSmall(item, file, objectBytes, settle) : this.#storeLarge(item, file, settle));
    } catch (error) {
      settle(null);
      throw error;
    }
  }

  /**
   * A name that it is not known by yet is kept beside the others.
   * @returns whether it is known by that name now; where it has as many as there may be, the file is to be stored again
   */
  async #keepsName(item: IngestItem, content: FileContent, stored: Stored): Promise<boolean> {
    if (isNamed(stored, content)) return true;
    try {
      await addAlias(this.context, item, stored);
    } catch (error) {
      if (error instanceof ServerProblem && error.code === 'media.too_many_names') return false;
      throw error;
    }
    await this.index.named(content, stored);
    return true;
  }

  #objectBytes({ source }: IngestItem): number {
    try {
      return ContainerLayout.of(source.bytes).objectBytes;
    } catch (error) {
      throw new Refusal('ingest.too_large', 'The file is larger than a media can be', { cause: error });
    }
  }

  async #describe(item: IngestItem, content: ToStore): Promise<DescribedFile> {
    const { sha256, replaces } = content;
    const [capture, pictures, contentToken] = await Promise.all([
      item.captureFacts(),
      this.context.project.record.previews.mode === 'none' ? {} : this.#pictures.during(() => item.makePictures()),
      this.index.tokenOf(content),
    ]);
    return { item, sha256, capture, pictures, contentToken, batchId: this.context.batchId, replaces };
  }

  /** Returns once the media is in a bundle; its outcome comes later, while the next files are prepared. */
  async #storeSmall(
    item: IngestItem,
    content: ToStore,
    objectBytes: number,
    settle: (stored: Stored | null) => void,
  ): Promise<void> {
    const { local, memory } = this.context;
    const file = await this.#describe(item, content);
    const release = await memory.take(objectBytes);
    try {
      const plain = await item.source.read(0, item.source.bytes);
      await item.source.assertUnchanged();
      await item.source.close();
      const mediaId = crypto.randomUUID();
      const original = await sealBlob('original', plain, mediaId, []);
      const seal = async (project: VerifiedProject): Promise<SealedMedia> => {
        const contentToken = await this.index.tokenOf(content);
        const forEpoch = await rewrapped(original, [project.epoch.certificate]);
        const media = await sealMedia({ ...file, contentToken }, forEpoch, mediaId, project, local);
        await this.index.intend(content, media);
        return media;
      };
      const { project: first } = this.context;
      const media = await seal(first);
      const send = async (project: VerifiedProject) => {
        const sealed = project === first ? media : await seal(project);
        return { stored: await this.#bundled(item, sealed), pictures: sealed.pictures };
      };
      const pending = inForce(this.context, send)
        .then(async ({ stored, pictures }) => {
          settle(stored);
          await this.#succeed(item, 'stored', stored, pictures);
        })
        .catch(async (error: unknown) => {
          settle(null);
          await this.#fail(item, error);
        })
        .finally(() => {
          release();
          this.#pending.delete(pending);
        });
      this.#pending.add(pending);
    } catch (error) {
      release();
      throw error;
    }
  }

  async #bundled(item: IngestItem, media: SealedMedia): Promise<Stored> {
    const { local, project } = this.context;
    const { mediaId, manifestDigest, sealedBytes, membership } = media;
    const receipt = await this.#bundler.add(media);
    await requireReceipt(receipt, (await local.membership()).receiptKey, {
      mediaId,
      projectId: project.projectId,
      manifestDigests: [manifestDigest],
      sealedBytes,
      membership,
    });
    this.context.onEvent({ kind: 'progress', path: item.path, bytesDone: item.source.bytes, bytes: item.source.bytes });
    return { mediaId, receipt, manifest: manifestDigest, names: [nameOf(item)] };
  }

  async #storeLarge(item: IngestItem, content: ToStore, settle: (stored: Stored | null) => void): Promise<void> {
    await this.#largeFiles.during(async () => {
      const upload = new LargeUpload(this.context, item, content.sha256);
      const { pictures, ...stored } = await upload.send(
        () => this.#describe(item, content),
        (media) => this.index.intend(content, media),
      );
      settle(stored);
      await this.#succeed(item, 'stored', stored, pictures);
    });
  }

  async #succeed(
    item: IngestItem,
    status: 'stored' | 'already-stored',
    { mediaId, receipt, names }: Stored,
    pictures: PicturesOutcome,
  ): Promise<void> {
    await item.source.close();
    const first = names[0] ? pathOf(names[0]) : null;
    const storedAs = status === 'already-stored' && first !== pathOf(item) ? first : null;
    this.results.push({ path: item.path, mediaId, bytes: item.source.bytes, status, storedAs, receipt, pictures });
  }

  async #fail(item: IngestItem, error: unknown): Promise<void> {
    if (isFatal(error)) this.fatal ??= error;
    await item.source.close().catch(() => {});
    const problem = explain(error);
    this.results.push({
      path: item.path,
      mediaId: null,
      bytes: item.source.bytes,
      status: 'failed',
      storedAs: null,
      receipt: null,
      pictures: picturesOfNothing,
      problem,
    });
  }
}
