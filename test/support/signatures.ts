/** Signatures of records made octet by octet, on node:crypto and from RFC 9580 alone, so that each part can be wrong. */
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import * as openpgp from 'openpgp';

/** v6, Ed25519, as the clients make them. */
export const keyPolicy: openpgp.PartialConfig = {
  v6Keys: true,
  aeadProtect: true,
  preferredAEADAlgorithm: openpgp.enums.aead.gcm,
};

const uint = (value: number, bytes: number): Buffer => {
  const octets = Buffer.alloc(bytes);
  octets.writeUIntBE(value, 0, bytes);
  return octets;
};
export const subpacket = (type: number, body: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.of(body.length + 1, type), body]);
export const notation = (name: string, value: string | Uint8Array, type = 20): Buffer => {
  const [nameOctets, valueOctets] = [Buffer.from(name), Buffer.from(value)];
  const lengths = [uint(nameOctets.length, 2), uint(valueOctets.length, 2)];
  return subpacket(type, Buffer.concat([Uint8Array.of(0x80, 0, 0, 0), ...lengths, nameOctets, valueOctets]));
};
export const createdAt = (seconds: number): Buffer => subpacket(0x82, uint(seconds, 4));
export const issuedBy = (fingerprint: string, version = 6): Buffer =>
  subpacket(0xa1, Buffer.concat([Uint8Array.of(version), Buffer.from(fingerprint, 'hex')]));

export interface Crafted {
  version?: number;
  type?: number;
  publicKeyAlgorithm?: number;
  hash?: number;
  saltBytes?: number;
  hashed?: Uint8Array[];
  unhashed?: Uint8Array[];
  digestStart?: Uint8Array;
  /** Puts the body into another packet. */
  frame?: (body: Buffer) => Uint8Array;
  /** Changes the 64 octets after signing. */
  signature?: (octets: Buffer) => Uint8Array;
  seed?: Uint8Array;
}

const hashes: Record<number, [name: string, saltBytes: number]> = {
  2: ['sha1', 0],
  8: ['sha256', 16],
  9: ['sha384', 24],
  10: ['sha512', 32],
  11: ['sha224', 16],
  12: ['sha3-256', 16],
  14: ['sha3-512', 32],
};

/** In two octets of length, as bodies of 192 octets and more are. */
export const framed = (body: Uint8Array, type = 0xc2): Buffer =>
  Buffer.concat([
    body.length < 192
      ? Uint8Array.of(type, body.length)
      : Uint8Array.of(type, 192 + ((body.length - 192) >> 8), (body.length - 192) & 255),
    body,
  ]);

export const seedOf = (key: openpgp.PrivateKey | openpgp.Subkey): Uint8Array =>
  (key.keyPacket as unknown as { privateParams: { seed: Uint8Array } }).privateParams.seed;

/** A detached signature by the key over the octets, right but for what is given otherwise. */
export function craft(key: openpgp.PrivateKey, octets: Uint8Array, otherwise: Crafted = {}): Uint8Array {
  const created = Math.floor(key.getCreationTime().getTime() / 1000) + 10;
  const {
    version = 6,
    type = 0,
    publicKeyAlgorithm = 27,
    hash = 10,
    hashed = [createdAt(created), notation('context@aerie.internal', 'session.v1'), issuedBy(key.getFingerprint())],
    unhashed = [],
    frame = framed,
    signature = (made) => made,
    seed = seedOf(key),
  } = otherwise;
  const [name, rightSalt] = hashes[hash]!;
  const salt = randomBytes(otherwise.saltBytes ?? rightSalt);
  const area = Buffer.concat(hashed);
  const fields = Buffer.concat([Uint8Array.of(version, type, publicKeyAlgorithm, hash), uint(area.length, 4), area]);
  const digest = createHash(name)
    .update(salt)
    .update(octets)
    .update(fields)
    .update(Uint8Array.of(version, 0xff))
    .update(uint(fields.length, 4))
    .digest();
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const made = sign(null, digest, createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  const outside = Buffer.concat(unhashed);
  return new Uint8Array(
    frame(
      Buffer.concat([
        fields,
        uint(outside.length, 4),
        outside,
        otherwise.digestStart ?? digest.subarray(0, 2),
        Uint8Array.of(salt.length),
        salt,
        signature(made),
      ]),
    ),
  );
}
