import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as openpgp from 'openpgp';
import { properties } from '../../../test/support/properties.js';
import {
  craft,
  createdAt,
  framed,
  issuedBy,
  keyPolicy,
  notation,
  seedOf,
  subpacket,
  type Crafted,
} from '../../../test/support/signatures.js';
import { publicPrimitives as native } from '../primitives/node.js';
import { publicPrimitives as web } from '../primitives/web.js';
import { canonicalJson } from './canonical.js';
import { readRecordSignature } from './signature-packet.js';
import { contextNotation, readCertificate, verifyRecord, type Certificate } from './verify.js';

const now = Math.floor(Date.now() / 1000);
const record = canonicalJson({
  v: 1,
  type: 'session',
  organizationId: '0190a5a0-0000-7000-8000-000000000001',
  deviceId: '0190a5a0-0000-7000-8000-000000000002',
  challenge: Buffer.alloc(32, 7).toString('base64'),
});
const id = (n: number): string => `0190a5a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const digestOf = (n: number): string => Buffer.alloc(32, n).toString('base64');
const manifest = canonicalJson({
  v: 1,
  type: 'media-manifest',
  organizationId: id(1),
  projectId: id(2),
  mediaId: id(3),
  epoch: 4,
  epochFp: 'ab'.repeat(32),
  uploader: { memberId: id(5), deviceId: id(6), certificateFp: 'cd'.repeat(32) },
  createdAt: '2026-11-26T12:00:00.000Z',
  membership: { size: 7, head: digestOf(8) },
  replaces: null,
  blobs: ['original', 'meta'].map((role, n) => ({
    role,
    blobId: id(10 + n),
    format: 'seipd2-aes256-gcm-c12',
    bytes: 70_000 + n,
    root: digestOf(n),
    keyCommitment: digestOf(100 + n),
  })),
});
const right = notation(contextNotation, 'session.v1');

async function generate(
  options: Pick<openpgp.KeyOptions, 'subkeys' | 'keyExpirationTime'> = {},
): Promise<openpgp.PrivateKey> {
  const { privateKey } = await openpgp.generateKey({
    type: 'curve25519',
    userIDs: [{ name: 'phone' }],
    date: new Date((now - 1000) * 1000),
    subkeys: [],
    config: keyPolicy,
    ...options,
    format: 'object',
  });
  return privateKey;
}

let key: openpgp.PrivateKey;
/** Of which one signs and one decrypts. */
let withSubkeys: openpgp.PrivateKey;
let other: openpgp.PrivateKey;
let expired: openpgp.PrivateKey;
beforeAll(async () => {
  key = await generate();
  withSubkeys = await generate({ subkeys: [{ sign: true }, {}] });
  other = await generate();
  expired = await generate({ keyExpirationTime: 100 });
});

/** What stands in the hashed area where nothing is wrong; each member may be replaced. */
const area = (of: openpgp.PrivateKey, parts: { created?: Buffer[]; context?: Buffer[]; issuer?: Buffer[] } = {}) => [
  ...(parts.created ?? [createdAt(now - 990)]),
  ...(parts.context ?? [right]),
  ...(parts.issuer ?? [issuedBy(of.getFingerprint())]),
];

type Wrong = [what: string, otherwise: (key: openpgp.PrivateKey) => Crafted];
const wrong: Wrong[] = [
  ['a version 4 signature', () => ({ version: 4 })],
  ['a version 5 signature', () => ({ version: 5 })],
  ['a signature over text', () => ({ type: 1 })],
  ['a certification', () => ({ type: 0x10 })],
  ['EdDSA of the older kind', () => ({ publicKeyAlgorithm: 22 })],
  ['an algorithm that nobody knows', () => ({ publicKeyAlgorithm: 99 })],
  ['SHA-1', () => ({ hash: 2 })],
  ['SHA-224', () => ({ hash: 11 })],
  ['SHA3-256, which browsers lack', () => ({ hash: 12 })],
  ['SHA3-512, which browsers lack', () => ({ hash: 14 })],
  ['a salt that is too short', () => ({ saltBytes: 31 })],
  ['a salt that is too long', () => ({ saltBytes: 33 })],
  ['no salt', () => ({ saltBytes: 0 })],
  ['another start of the digest', () => ({ digestStart: Uint8Array.of(0, 0) })],
  ['a signature of 63 octets', () => ({ signature: (made) => made.subarray(1) })],
  ['a signature of 65 octets', () => ({ signature: (made) => Buffer.concat([made, Uint8Array.of(0)]) })],
  ['a signature of zeros', () => ({ signature: () => Buffer.alloc(64) })],
  ['S of the signature raised by the order of the group', () => ({ signature: withRaisedS })],
  ['an octet after the packet', () => ({ frame: (body) => Buffer.concat([framed(body), Uint8Array.of(0)]) })],
  ['a second signature', () => ({ frame: (body) => Buffer.concat([framed(body), framed(body)]) })],
  [
    'a marker packet before it',
    () => ({ frame: (body) => Buffer.concat([Buffer.from('ca03504750', 'hex'), framed(body)]) }),
  ],
  [
    'a padding packet after it',
    () => ({ frame: (body) => Buffer.concat([framed(body), Buffer.from('d50100', 'hex')]) }),
  ],
  ['another kind of packet', () => ({ frame: (body) => framed(body, 0xc4) })],
  ['a packet of the old format', () => ({ frame: (body) => Buffer.concat([Uint8Array.of(0x88, body.length), body]) })],
  [
    'a length in five octets',
    () => ({ frame: (body) => Buffer.concat([Uint8Array.of(0xc2, 255, 0, 0, 0, body.length), body]) }),
  ],
  [
    'a partial length',
    () => ({
      frame: (body) =>
        Buffer.concat([
          Uint8Array.of(0xc2, 0xe7),
          body.subarray(0, 128),
          Uint8Array.of(body.length - 128),
          body.subarray(128),
        ]),
    }),
  ],
  ['a length beyond the end', () => ({ frame: (body) => framed(body).subarray(0, -1) })],
  ['no context', (of) => ({ hashed: area(of, { context: [] }) })],
  ['its context twice', (of) => ({ hashed: area(of, { context: [right, right] }) })],
  [
    'the context of another record',
    (of) => ({ hashed: area(of, { context: [notation(contextNotation, 'device.v1')] }) }),
  ],
  [
    'its context, and that of another record',
    (of) => ({ hashed: area(of, { context: [right, notation(contextNotation, 'device.v1')] }) }),
  ],
  [
    'a context that is not UTF-8',
    (of) => ({ hashed: area(of, { context: [notation(contextNotation, Uint8Array.of(0xff))] }) }),
  ],
  ['its context outside of what is signed', (of) => ({ hashed: area(of, { context: [] }), unhashed: [right] })],
  ['anything outside of what is signed', () => ({ unhashed: [notation('x@example.org', 'y')] })],
  [
    'its issuer outside of what is signed',
    (of) => ({ hashed: area(of, { issuer: [] }), unhashed: [issuedBy(of.getFingerprint())] }),
  ],
  ['another critical notation', (of) => ({ hashed: [...area(of), notation('x@example.org', 'y', 0x94)] })],
  ['a critical subpacket that nobody knows', (of) => ({ hashed: [...area(of), subpacket(0xe4, Uint8Array.of(1))] })],
  [
    'an issuer by key id',
    (of) => ({ hashed: [...area(of), subpacket(16, Buffer.from(of.getFingerprint().slice(0, 16), 'hex'))] }),
  ],
  [
    'a revocation key',
    (of) => ({ hashed: [...area(of), subpacket(12, Buffer.concat([Uint8Array.of(0x80, 27), Buffer.alloc(20)]))] }),
  ],
  ['a signature in the signature', (of) => ({ hashed: [...area(of), subpacket(32, Uint8Array.of(6, 0, 27, 10))] })],
  ['a subpacket longer than the area', (of) => ({ hashed: [...area(of), Uint8Array.of(9, 100, 1)] })],
  ['a subpacket of no length', (of) => ({ hashed: [...area(of), Uint8Array.of(0)] })],
  [
    'a notation longer than its subpacket',
    (of) => ({ hashed: [...area(of), subpacket(20, Uint8Array.of(0x80, 0, 0, 0, 0, 9, 0, 9, 1))] }),
  ],
  ['no time', (of) => ({ hashed: area(of, { created: [] }) })],
  ['two times', (of) => ({ hashed: area(of, { created: [createdAt(now - 990), createdAt(now - 990)] }) })],
  ['a time of three octets', (of) => ({ hashed: area(of, { created: [subpacket(0x82, Uint8Array.of(1, 2, 3))] }) })],
  ['a time before its key', (of) => ({ hashed: area(of, { created: [createdAt(now - 1001)] }) })],
  ['no issuer', (of) => ({ hashed: area(of, { issuer: [] }) })],
  [
    'two issuers',
    (of) => ({ hashed: area(of, { issuer: [issuedBy(of.getFingerprint()), issuedBy(of.getFingerprint())] }) }),
  ],
  ['an issuer of another version', (of) => ({ hashed: area(of, { issuer: [issuedBy(of.getFingerprint(), 4)] }) })],
  [
    'another issuer with the same key id',
    (of) => ({ hashed: area(of, { issuer: [issuedBy(of.getFingerprint().slice(0, 16) + '0'.repeat(48))] }) }),
  ],
  ['the fingerprint of another key', (of) => ({ hashed: area(of, { issuer: [issuedBy(other.getFingerprint())] }) })],
  ['the signature of another key', () => ({ seed: seedOf(other) })],
];

/** Ed25519 checked the old way takes S + L for S, so that a signature has two forms (RFC 8032, 5.1.7). */
function withRaisedS(made: Buffer): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const raised = BigInt(`0x${Buffer.from(made.subarray(32)).reverse().toString('hex')}`) + order;
  const s = Buffer.from(raised.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([made.subarray(0, 32), s]);
}

describe.each([
  ['on Node', native],
  ['in a browser', web],
])('The signature of a record %s', (_, primitives) => {
  const certificateOf = (of: openpgp.PrivateKey): Promise<Certificate> =>
    readCertificate(of.toPublic().write(), primitives);
  const verdictOn = async (signature: Uint8Array, of: openpgp.PrivateKey): Promise<string> =>
    verifyRecord('session', { bytes: record, signature }, await certificateOf(of)).then(
      () => 'verified',
      (error: { reason?: string }) => error.reason ?? String(error),
    );

  it.each<[string, (of: openpgp.PrivateKey) => Crafted]>([
    ['as the clients make it', () => ({})],
    ['with SHA-256', () => ({ hash: 8 })],
    ['with SHA-384', () => ({ hash: 9 })],
    [
      'with its context marked critical',
      (of) => ({ hashed: area(of, { context: [notation(contextNotation, 'session.v1', 0x94)] }) }),
    ],
    ['with further notations', (of) => ({ hashed: [...area(of), notation('x@example.org', 'y')] })],
    [
      'with a subpacket that nobody knows and that is not critical',
      (of) => ({ hashed: [...area(of), subpacket(100, Uint8Array.of(1))] }),
    ],
    ['with a time in years to come', (of) => ({ hashed: area(of, { created: [createdAt(now + 1e8)] }) })],
  ])('counts %s', async (_what, otherwise) => {
    expect(await verdictOn(craft(key, record, otherwise(key)), key)).toBe('verified');
  });

  it.each(wrong)('does not count with %s', async (_what, otherwise) => {
    expect(await verdictOn(craft(key, record, otherwise(key)), key)).toBe('signature');
  });

  it('counts by a subkey that may sign, not by one that decrypts, and not by another key', async () => {
    const [signing, decrypting] = withSubkeys.subkeys;
    const bySubkey = (one: openpgp.Subkey, seed = seedOf(one)): Crafted => ({
      hashed: area(withSubkeys, { issuer: [issuedBy(one.getFingerprint())] }),
      seed,
    });
    expect(await verdictOn(craft(withSubkeys, record, bySubkey(signing!)), withSubkeys)).toBe('verified');
    expect(await verdictOn(craft(withSubkeys, record, bySubkey(decrypting!, seedOf(signing!))), withSubkeys)).toBe(
      'signature',
    );
    expect(await verdictOn(craft(withSubkeys, record, bySubkey(signing!, seedOf(withSubkeys))), withSubkeys)).toBe(
      'signature',
    );
    expect(await verdictOn(craft(key, record), other)).toBe('signature');
  });

  it('counts up to the day on which its key expires', async () => {
    const at = (created: number) =>
      craft(expired, record, { hashed: area(expired, { created: [createdAt(created)] }) });
    expect(await verdictOn(at(now - 901), expired)).toBe('verified');
    expect(await verdictOn(at(now - 900), expired)).toBe('signature');
  });

  it('does not count by a key that was revoked', async () => {
    const { publicKey } = await openpgp.revokeKey({ key: other, format: 'object', config: keyPolicy });
    const certificate = await readCertificate(publicKey.write(), primitives);
    const signed = { bytes: record, signature: craft(other, record) };
    await expect(verifyRecord('session', signed, certificate)).rejects.toMatchObject({ reason: 'signature' });
  });

  it('counts with none of its bits flipped, nor with one flipped of the manifest', async () => {
    const certificate = await certificateOf(key);
    const context = [notation(contextNotation, 'media-manifest.v1')];
    const signature = craft(key, manifest, { hashed: area(key, { context }) });
    const verdict = async (bytes: Uint8Array, by: Uint8Array): Promise<string> =>
      verifyRecord('media-manifest', { bytes, signature: by }, certificate).then(
        () => 'verified',
        (error: { reason?: string }) => error.reason ?? String(error),
      );
    const flipped = (octets: Uint8Array, bit: number): Uint8Array => {
      const altered = Uint8Array.from(octets);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      return altered;
    };
    expect(await verdict(manifest, signature)).toBe('verified');
    const verdicts = new Set<string>();
    for (let bit = 0; bit < signature.length * 8; bit++) verdicts.add(await verdict(manifest, flipped(signature, bit)));
    for (let bit = 0; bit < manifest.length * 8; bit++) verdicts.add(await verdict(flipped(manifest, bit), signature));
    expect([...verdicts]).toEqual(['signature']);
  });

  it('is read the same as openpgp.js reads it, and verifies where that does, whatever the octets and time', async () => {
    const certificate = await certificateOf(key);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(8, 9, 10),
        fc.integer({ min: -2000, max: 2000 }),
        async (octets, hash, later) => {
          const signature = craft(key, octets, { hash, hashed: area(key, { created: [createdAt(now + later)] }) });
          const ours = await certificate.holds(readRecordSignature(signature), octets);
          const { signatures } = await openpgp.verify({
            message: await openpgp.createMessage({ binary: octets }),
            signature: await openpgp.readSignature({ binarySignature: signature }),
            verificationKeys: key.toPublic(),
            date: null as unknown as Date,
            config: { ...keyPolicy, knownNotations: [contextNotation] },
          });
          const theirs = await signatures[0]!.verified.catch(() => false);
          expect(ours).toBe(theirs);
          expect(ours).toBe(later >= -1000);
        },
      ),
      { numRuns: properties },
    );
  });

  it('is refused, never anything else, whatever its octets', async () => {
    const whole = craft(key, record);
    const certificate = await certificateOf(key);
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const cuts = fc.record({
      edits,
      from: fc.nat(3),
      more: fc.uint8Array({ maxLength: 8 }),
      bytes: fc.nat(whole.length),
    });
    await fc.assert(
      fc.asyncProperty(cuts, async ({ edits, from, more, bytes }) => {
        const altered = Uint8Array.from(whole);
        for (const [at, value] of edits) altered[at] = value;
        const signature = Buffer.concat([altered.subarray(from, bytes), more]);
        fc.pre(!signature.equals(whole));
        await expect(verifyRecord('session', { bytes: record, signature }, certificate)).rejects.toMatchObject({
          reason: 'signature',
        });
      }),
      { numRuns: properties },
    );
  });
});
