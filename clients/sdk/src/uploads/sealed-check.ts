/**
 * Opens what was just sealed and compares it with what was read, before anyone relies on it: a fault of memory or of a
 * processor would otherwise be signed for, and found years later.
 */
import { concatBytes, equalBytes, type Sealed } from '@aerie/protocol';
import { ChunkCipher } from '../crypto/chunk-cipher.js';
import { BlobOpener } from '../crypto/open.js';
import { CryptoError } from '../crypto/crypto-error.js';
import type { BlobSealer, PlainSource, SealedPart } from '../crypto/seal.js';

const differs = (): CryptoError => new CryptoError('malformed', 'what was just sealed does not open to what was read');

/** Opens a whole object in memory. @throws CryptoError `malformed`, ContainerError */
export async function requireOpens(sealed: Sealed, sessionKey: Uint8Array, plain: Uint8Array): Promise<void> {
  const opener = new BlobOpener({ sessionKey, objectBytes: sealed.length, plainBytes: plain.length });
  let at = 0;
  for await (const piece of opener.openAll(
    (async function* () {
      yield sealed;
    })(),
  )) {
    // Compared before `at` moves on: the last piece counts as well.
    if (!equalBytes(piece, plain.subarray(at, at + piece.length))) throw differs();
    at += piece.length;
  }
  if (at !== plain.length) throw differs();
}

/** Opens one chunk of each part: 3 % of the work of sealing. */
export class SpotCheck {
  private constructor(
    readonly sealer: BlobSealer,
    readonly source: PlainSource,
    readonly cipher: ChunkCipher,
    readonly random: () => number,
  ) {}

  static async of(sealer: BlobSealer, source: PlainSource, random = Math.random): Promise<SpotCheck> {
    return new SpotCheck(sealer, source, await ChunkCipher.derive(sealer.sessionKey, sealer.salt), random);
  }

  /** @throws CryptoError `malformed` */
  async check(part: number, { sealed }: SealedPart): Promise<void> {
    const { object } = this.sealer.layout;
    const { start } = this.sealer.layout.partRange(part);
    const candidates = this.#candidates(part);
    const chunk = candidates[Math.floor(this.random() * candidates.length)];
    if (chunk === undefined) return;
    const { objectStart, objectEnd } = object.objectRangeOfChunks(chunk, chunk);
    const octets = [...object.packet.bodySpans(objectStart, objectEnd)].map((span) =>
      sealed.subarray(span.start - start, span.end - start),
    );
    const opened = await this.cipher.decrypt(chunk, octets.length === 1 ? octets[0]! : concatBytes(octets));
    const inner = object.chunkInner(chunk);
    for (const span of this.sealer.layout.plainSpans(inner.start, inner.end)) {
      const plain = await this.source.read(span.plainStart, span.plainStart + span.end - span.start);
      if (!equalBytes(opened.subarray(span.start - inner.start, span.end - inner.start), plain)) throw differs();
    }
  }

  /** The chunks with octets of the file that stand whole in the part. One that two parts share is left to the others. */
  #candidates(part: number): number[] {
    const { layout } = this.sealer;
    const { object } = layout;
    const { start, end } = layout.partRange(part);
    const { firstChunk, lastChunk } = object.chunksIn(start, end);
    const chunks = Array.from({ length: lastChunk - firstChunk + 1 }, (_, i) => firstChunk + i);
    return chunks.filter((chunk) => {
      if (chunk === object.chunkCount) return false;
      const { objectStart, objectEnd } = object.objectRangeOfChunks(chunk, chunk);
      const inner = object.chunkInner(chunk);
      return objectStart >= start && objectEnd <= end && layout.plainSpans(inner.start, inner.end).length > 0;
    });
  }
}
