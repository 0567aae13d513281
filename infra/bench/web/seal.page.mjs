/**
 * Measured in a page: sealing from memory with the SDK, and what WebCrypto needs for the same octets: AES-GCM alone, and
 * with the one SHA-256 of the ciphertext that the format asks for.
 */
import { BlobSealer } from '../../../clients/sdk/src/crypto/seal.js';

const chunkBytes = 256 * 1024;
const chunksInFlight = 4;

globalThis.measure = async (bytes) => {
  const plain = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(plain.subarray(at, Math.min(at + 65_536, bytes)));
  // Once each unmeasured, so that neither pays for what is compiled first.
  const some = plain.subarray(0, 8 * chunkBytes * 4);
  await seal(some);
  await encryptOnly(some);
  const encryptMs = await timed(() => encryptOnly(plain));
  const sealMs = await timed(() => seal(plain));
  const digestMs = await timed(() => digestOnly(plain));
  return { sealMs, encryptMs, digestMs };
};

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function seal(plain) {
  const random = (count) => crypto.getRandomValues(new Uint8Array(count));
  const sealer = await BlobSealer.of({ plainBytes: plain.length, sessionKey: random(32), salt: random(32) });
  const source = { bytes: plain.length, read: async (start, end) => plain.subarray(start, end) };
  for (let part = 0; part < sealer.layout.partCount; part++) await sealer.sealPart(part, source);
}

/** The most that WebCrypto gives: one key, nothing framed, nothing hashed. */
async function encryptOnly(plain) {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  let at = 0;
  let nonce = 0;
  const lane = async () => {
    while (at < plain.length) {
      const chunk = plain.subarray(at, (at += chunkBytes));
      const iv = new Uint8Array(12);
      new DataView(iv.buffer).setUint32(8, nonce++);
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, chunk);
    }
  };
  await Promise.all(Array.from({ length: chunksInFlight }, lane));
}

/** SHA-256 in pieces of a segment, one after the other. */
async function digestOnly(plain) {
  for (let at = 0; at < plain.length; at += 32 * chunkBytes) {
    await crypto.subtle.digest('SHA-256', plain.subarray(at, at + 32 * chunkBytes));
  }
}
