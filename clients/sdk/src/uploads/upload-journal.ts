/** The journal entry of one file that is sent in parts: enough to make every part again, octet for octet. */
import { Digest, Id, base64, fromBase64, toBase64, toHex, utf8 } from '@aerie/protocol';
import { z } from 'zod';
import { localToken } from '../crypto/commitment.js';
import type { LocalSeal } from '../crypto/local-seal.js';
import type { SegmentLedger } from '../crypto/seal.js';
import type { Journal } from './journal.js';

const Head = z.strictObject({
  mediaId: Id,
  blobId: Id,
  plainBytes: z.int().nonnegative(),
  /** Of the plaintext. */
  sha256: Digest,
  sessionKey: base64(32),
  salt: base64(32),
});
export type UploadHead = z.infer<typeof Head>;
/** A segment was about to be given out, or a commit with this manifest was about to be sent. */
const Step = z.union([
  z.strictObject({ segment: z.int().nonnegative(), digest: Digest }),
  z.strictObject({ manifest: Digest }),
]);

export class UploadJournal implements SegmentLedger {
  readonly #segments = new Map<number, Uint8Array>();
  readonly manifests: string[] = [];

  private constructor(
    readonly name: string,
    readonly head: UploadHead,
    readonly journal: Journal,
    readonly seal: LocalSeal,
  ) {}

  /** The name under which the upload of that file to that project is kept; tells nothing without the local key. */
  static async nameOf(localKey: Uint8Array, projectId: string, resumeKey: string): Promise<string> {
    return `upload-${toHex(fromBase64(await localToken(localKey, 'upload', utf8(`${projectId}\0${resumeKey}`))))}`;
  }

  /** Null where there is none, or none that this device can read: then the file simply starts afresh. */
  static async read(name: string, journal: Journal, seal: LocalSeal): Promise<UploadJournal | null> {
    const [first, ...rest] = await journal.read(name);
    if (!first) return null;
    try {
      const entry = new UploadJournal(name, Head.parse(await seal.open(name, first)), journal, seal);
      for (const record of rest) entry.#apply(Step.parse(await seal.open(name, record)));
      return entry;
    } catch {
      await journal.remove(name);
      return null;
    }
  }

  static async start(name: string, head: UploadHead, journal: Journal, seal: LocalSeal): Promise<UploadJournal> {
    await journal.write(name, await seal.seal(name, head));
    return new UploadJournal(name, head, journal, seal);
  }

  digestOf(segment: number): Uint8Array | undefined {
    return this.#segments.get(segment);
  }

  async record(segment: number, digest: Uint8Array): Promise<void> {
    await this.#append({ segment, digest: toBase64(digest) });
  }

  /** Before a commit is sent: its answer may get lost. */
  async recordManifest(digest: string): Promise<void> {
    await this.#append({ manifest: digest });
  }

  remove(): Promise<void> {
    return this.journal.remove(this.name);
  }

  async #append(step: z.infer<typeof Step>): Promise<void> {
    await this.journal.append(this.name, await this.seal.seal(this.name, step));
    this.#apply(step);
  }

  #apply(step: z.infer<typeof Step>): void {
    if ('manifest' in step) this.manifests.push(step.manifest);
    else this.#segments.set(step.segment, fromBase64(step.digest));
  }
}
