/** The container once more, from the specification and on node:crypto, for the vectors: slow, whole in memory, plain. */
import { createCipheriv, createHash, hkdfSync } from 'node:crypto';

export const C = 262_144;
const segmentBytes = 32 * (C + 16);

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const uint32 = (n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n]);
const uint64 = (n) => Buffer.concat([uint32(Math.floor(n / 2 ** 32)), uint32(n % 2 ** 32)]);
export const pattern = (bytes) => Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => i ^ (i >> 8) ^ (i >> 16)));

/** A packet; a body of 4 * 2^exponent octets or more goes in partial lengths. */
export function packet(type, body, exponent = 30) {
  const piece = 2 ** exponent;
  const out = [Buffer.from([type])];
  let at = 0;
  if (body.length >= 4 * piece) {
    for (; body.length - at > piece; at += piece)
      out.push(Buffer.from([224 + exponent]), body.subarray(at, at + piece));
  }
  return Buffer.concat([...out, Buffer.from([255]), uint32(body.length - at), body.subarray(at)]);
}

function padme(bytes) {
  const e = Math.floor(Math.log2(bytes));
  const s = Math.floor(Math.log2(e)) + 1;
  const mask = 2 ** Math.max(0, e - s) - 1;
  return (bytes + mask) & ~mask;
}

export const literal = (plain, { exponent, prefix = [0x62, 0, 0, 0, 0, 0] } = {}) =>
  packet(0xcb, Buffer.concat([Buffer.from(prefix), plain]), exponent);
export const padded = (packets) =>
  Buffer.concat([packets, packet(0xd5, Buffer.alloc(padme(packets.length + 6) - packets.length - 6))]);

/** Chunks with tags, then the final tag, of a SEIPDv2 packet; AES-256-GCM with chunk octet 12 unless told otherwise. */
export function sealChunks(inner, { key, salt, cipher = 9, aead = 3, chunkOctet = 12 }) {
  const [keyBytes, ivBytes, algorithm] =
    cipher === 7 ? [16, 4, 'aes-128-gcm'] : aead === 2 ? [32, 7, 'aes-256-ocb'] : [32, 4, 'aes-256-gcm'];
  const info = Buffer.from([0xd2, 2, cipher, aead, chunkOctet]);
  const secret = Buffer.from(hkdfSync('sha256', key, salt, info, keyBytes + ivBytes));
  const seal = (index, plain, data) => {
    const nonce = Buffer.concat([secret.subarray(keyBytes), uint64(index)]);
    const gcm = createCipheriv(algorithm, secret.subarray(0, keyBytes), nonce, { authTagLength: 16 });
    gcm.setAAD(data, { plaintextLength: plain.length });
    return Buffer.concat([gcm.update(plain), gcm.final(), gcm.getAuthTag()]);
  };
  const size = 2 ** (chunkOctet + 6);
  const chunks = [];
  for (let at = 0; at < inner.length; at += size) chunks.push(seal(chunks.length, inner.subarray(at, at + size), info));
  return [...chunks, seal(chunks.length, Buffer.alloc(0), Buffer.concat([info, uint64(inner.length)]))];
}

export const seipd = (chunks, { salt, exponent, cipher = 9, aead = 3, chunkOctet = 12, version = 2 }) =>
  packet(0xd2, Buffer.concat([Buffer.from([version, cipher, aead, chunkOctet]), salt, ...chunks]), exponent);

/** SEIPDv1 with a correct modification detection code, by somebody who has the session key (RFC 9580, 5.13.1). */
export function seipdV1(inner, { key, salt }) {
  const prefix = Buffer.concat([salt.subarray(0, 16), salt.subarray(14, 16), inner, Buffer.from([0xd3, 0x14])]);
  const mdc = createHash('sha1').update(prefix).digest();
  const cfb = createCipheriv('aes-256-cfb', key, Buffer.alloc(16));
  return packet(0xd2, Buffer.concat([Buffer.from([1]), cfb.update(prefix), cfb.update(mdc), cfb.final()]));
}

export function merkleRoot(object) {
  let level = [];
  for (let at = 0; at < object.length; at += segmentBytes)
    level.push(sha256(Buffer.of(0), sha256(object.subarray(at, at + segmentBytes))));
  while (level.length > 1) {
    level = level.flatMap((node, i) =>
      i % 2 ? [] : level[i + 1] ? [sha256(Buffer.of(1), node, level[i + 1])] : [node],
    );
  }
  return level[0] ?? sha256();
}
