/** HMAC-SHA256 in its three uses. A signed commitment to a session key finds out a swapped PKESK and a second key. */
import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from '@aerie/protocol';
import { primitives } from '#primitives';
import { CryptoError } from './crypto-error.js';

const commitmentContext = 'aerie/key-commitment/v1';

/** HMAC-SHA256(session key, context || media id || blob id), base64. The ids go in as they are printed, in ASCII. */
export async function keyCommitment(sessionKey: Uint8Array, mediaId: string, blobId: string): Promise<string> {
  return toBase64(await primitives.hmac(sessionKey, utf8(commitmentContext + mediaId + blobId)));
}

/** @throws CryptoError `commitment` where that is not the session key that the uploader signed for. */
export async function requireCommitment(
  committed: string,
  sessionKey: Uint8Array,
  mediaId: string,
  blobId: string,
): Promise<void> {
  const found = fromBase64(await keyCommitment(sessionKey, mediaId, blobId));
  if (!equalBytes(found, fromBase64(committed)))
    throw new CryptoError('commitment', 'this is not the key that the uploader sealed the blob with');
}

/** What stands for a plaintext toward the server: only holders of the project's hash key can make or test one. */
export const contentToken = async (hashKey: Uint8Array, plainSha256: Uint8Array): Promise<string> =>
  toBase64(await primitives.hmac(hashKey, plainSha256));

/** A name for local state that tells nothing: HMAC under the local key, 64 hex digits' worth of octets in base64. */
export const localToken = async (localKey: Uint8Array, purpose: string, value: Uint8Array): Promise<string> =>
  toBase64(await primitives.hmac(localKey, concatBytes([utf8(`${purpose}\0`), value])));

/** HKDF-SHA256 (RFC 5869) with an empty salt: 32 octets for that purpose. */
export async function deriveKey(secret: Uint8Array, info: string): Promise<Uint8Array> {
  return primitives.hkdf(secret, new Uint8Array(), utf8(info), 32);
}
