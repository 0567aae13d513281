/** Checks what an earlier export has left, so that going on with it costs a read of the disk and no download. */
import {
  equalBytes,
  fromBase64,
  merkleRoot,
  segmentCountFor,
  segmentDigest,
  segmentRange,
  type ManifestBlob,
} from '@aerie/protocol';
import { OctetReader } from '../crypto/octet-reader.js';
import { unwrapSessionKey, type SecretKey } from '../crypto/openpgp.js';
import { Refusal } from '../errors.js';

export interface EarlierFile {
  readonly bytes: number;
  octets(): AsyncIterable<Uint8Array>;
}

/** @throws Refusal `export.differs` */
export async function requireSameOctets(
  path: string,
  { bytes, octets }: EarlierFile,
  content: Uint8Array,
): Promise<void> {
  if (bytes !== content.length) throw differs(path);
  const reader = new OctetReader(octets());
  try {
    if (!equalBytes(await reader.take(bytes), content)) throw differs(path);
  } finally {
    await reader.close();
  }
}

/**
 * A message is never twice the same, as its session key packet is new each time: so that packet must open to the same session
 * key, and what follows it must have the root that the uploader signed.
 * @throws Refusal `export.differs`
 */
export async function requireSameMessage(
  path: string,
  { bytes, octets }: EarlierFile,
  expected: { original: ManifestBlob; sessionKey: Uint8Array; memberKeys: readonly SecretKey[]; pkeskBytes: number },
): Promise<void> {
  const { original, sessionKey, memberKeys, pkeskBytes } = expected;
  if (bytes !== pkeskBytes + original.bytes) throw differs(path);
  const reader = new OctetReader(octets());
  try {
    const packet = await reader.take(pkeskBytes);
    // An export of before the member's key was replaced is as good.
    const found = await Promise.any(memberKeys.map((key) => unwrapSessionKey(packet, key))).catch(() => null);
    if (!found || !equalBytes(found, sessionKey)) throw differs(path);
    const digests: Uint8Array[] = [];
    for (let index = 0; index < segmentCountFor(original.bytes); index++) {
      const { start, end } = segmentRange(index, original.bytes);
      digests.push(await segmentDigest(await reader.take(end - start)));
    }
    if (!equalBytes(await merkleRoot(digests), fromBase64(original.root))) throw differs(path);
  } finally {
    await reader.close();
  }
}

const differs = (path: string): Refusal =>
  new Refusal('export.differs', `${path} is there already, and is not what this export would write`);
