import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as openpgp from 'openpgp';
import { properties } from '../../../test/support/properties.js';
import { craft, createdAt, framed, issuedBy, keyPolicy, notation } from '../../../test/support/signatures.js';
import { publicPrimitives as native } from '../primitives/node.js';
import type { PublicPrimitives } from '../primitives/primitives.port.js';
import { publicPrimitives as web } from '../primitives/web.js';
import { readOwnCertificate } from './own-certificate.js';
import { readRecordSignature } from './signature-packet.js';
import { contextNotation, openpgpPolicy, readAnyCertificate, readCertificate, type Certificate } from './verify.js';

const now = Math.floor(Date.now() / 1000);
const made = now - 1000;
const octets = new Uint8Array(100).fill(7);

/** As the clients make it, but for what is given otherwise. */
async function generate(options: Partial<openpgp.KeyOptions> = {}): Promise<openpgp.PrivateKey> {
  const { privateKey } = await openpgp.generateKey({
    type: 'curve25519',
    userIDs: [{ name: 'phone' }],
    date: new Date(made * 1000),
    subkeys: [{}],
    config: openpgpPolicy,
    ...options,
    format: 'object',
  });
  return privateKey;
}

/** The packets of a certificate, each with its header. Those of Aerie's own certificates have lengths of one or two octets. */
function packetsOf(certificate: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < certificate.length;) {
    const first = certificate[at + 1]!;
    const end = first < 192 ? at + 2 + first : at + 3 + ((first - 192) << 8) + certificate[at + 2]! + 192;
    packets.push(certificate.subarray(at, end));
    at = end;
  }
  return packets;
}
const bodyOf = (packet: Uint8Array): Uint8Array => packet.subarray(packet[1]! < 192 ? 2 : 3);
const joined = (...packets: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(packets));
const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const altered = Uint8Array.from(bytes);
  altered[bit >> 3]! ^= 1 << (bit & 7);
  return altered;
};
const withLastFlipped = (packet: Uint8Array): Uint8Array => flipped(packet, packet.length * 8 - 1);

let key: openpgp.PrivateKey;
let signingOnly: openpgp.PrivateKey;
let other: openpgp.PrivateKey;
/** Of `key`: primary key, direct-key signature, user id, certification, subkey, binding. */
let parts: Uint8Array[];
let others: Uint8Array[];
beforeAll(async () => {
  key = await generate();
  signingOnly = await generate({ subkeys: [] });
  other = await generate();
  parts = packetsOf(key.toPublic().write());
  others = packetsOf(other.toPublic().write());
});

/** By the primary key unless another issuer is named, at a time. */
const signatureAt = (seconds: number, by = key, issuer = by.getFingerprint()) =>
  readRecordSignature(
    craft(by, octets, {
      hashed: [createdAt(seconds), notation(contextNotation, 'session.v1'), issuedBy(issuer)],
    }),
  );

/** What a reader says of a certificate: that it is none, or whose it is, and which signatures it answers for. */
async function verdictOf(
  read: (bytes: Uint8Array, primitives: PublicPrimitives) => Promise<Certificate>,
  bytes: Uint8Array,
  primitives: PublicPrimitives,
  by = key,
): Promise<string> {
  let certificate: Certificate;
  try {
    certificate = await read(bytes, primitives);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  const signatures = [
    ...[signatureAt(made, by), signatureAt(made - 1, by), signatureAt(now, by), signatureAt(now + 1e8, by)],
    signatureAt(now, other, by.getFingerprint()),
    ...by.subkeys.map((subkey) => signatureAt(now, by, subkey.getFingerprint())),
  ];
  const holds: boolean[] = [];
  for (const beside of [false, true])
    for (const signature of signatures) holds.push(await certificate.holds(signature, octets, beside));
  // Not to be caught: what is read without openpgp.js must never turn out to be nothing to it.
  const whole = Buffer.from((await certificate.whole()).write()).toString('hex');
  return JSON.stringify({ fingerprint: certificate.fingerprint, holds, whole });
}

/** The verdict that both readers agree on. */
async function agreed(bytes: Uint8Array, primitives: PublicPrimitives = native, by = key): Promise<string> {
  const verdict = await verdictOf(readCertificate, bytes, primitives, by);
  expect(verdict).toBe(await verdictOf(readAnyCertificate, bytes, primitives, by));
  return verdict;
}
const isOwn = async (bytes: Uint8Array): Promise<boolean> => (await readOwnCertificate(bytes, native)) !== undefined;

/** A signature packet with other octets in its unhashed area, which no digest covers. */
const withUnhashed = (packet: Uint8Array, area: Uint8Array): Uint8Array => {
  const body = Buffer.from(bodyOf(packet));
  const at = 8 + body.readUInt32BE(4);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(area.length);
  return framed(Buffer.concat([body.subarray(0, at), length, area, body.subarray(at + 4)]));
};

const secretPacket = async (): Promise<Uint8Array> => packetsOf(key.write())[0]!;
const inOldFormat = (packet: Uint8Array): Uint8Array =>
  joined(Uint8Array.of(0x80 | ((packet[0]! & 0x3f) << 2), bodyOf(packet).length), bodyOf(packet));
const inFiveOctets = (packet: Uint8Array): Uint8Array =>
  joined(Uint8Array.of(packet[0]!, 255, 0, 0, 0, bodyOf(packet).length), bodyOf(packet));
/** A version 4 key over the same point. */
const asVersion4 = (packet: Uint8Array): Uint8Array => {
  const body = bodyOf(packet);
  return framed(joined(Uint8Array.of(4), body.subarray(1, 6), body.subarray(10)), packet[0]);
};
const marker = Buffer.from('ca03504750', 'hex');
const padding = Buffer.from('d5020000', 'hex');
const literal = Buffer.from('cb0662000000000a', 'hex');
const unknownCritical = Buffer.from('de0100', 'hex');
const unknownIgnored = Buffer.from('fe0100', 'hex');

/** In the order of `parts`; a missing one is left out. */
const but = (change: Record<number, Uint8Array | Uint8Array[]>, ...after: Uint8Array[]): Uint8Array =>
  joined(...parts.flatMap((part, index) => change[index] ?? [part]), ...after);

const changed: [what: string, form: () => Uint8Array | Promise<Uint8Array>][] = [
  ['a direct-key signature that does not hold', () => but({ 1: withLastFlipped(parts[1]!) })],
  ['a certification that does not hold', () => but({ 3: withLastFlipped(parts[3]!) })],
  ['a binding that does not hold', () => but({ 5: withLastFlipped(parts[5]!) })],
  ['the direct-key signature of another key', () => but({ 1: others[1]! })],
  ['all signatures of another key', () => but({ 1: others[1]!, 3: others[3]!, 5: others[5]! })],
  ['the subkey of another key', () => but({ 4: others[4]!, 5: others[5]! })],
  ['the subkey of another key under its own binding', () => but({ 4: others[4]! })],
  ['another primary key', () => but({ 0: others[0]! })],
  ['another user id', () => but({ 2: framed(Buffer.from('camera'), 0xcd) })],
  ['a user id that is not UTF-8', () => but({ 2: framed(Uint8Array.of(0xff, 0xfe), 0xcd) })],
  ['an empty user id', () => but({ 2: framed(new Uint8Array(), 0xcd) })],
  ['a long user id', () => but({ 2: framed(Buffer.alloc(1500, 'x'), 0xcd) })],
  ['a user id longer than any', () => but({ 2: framed(Buffer.alloc(6000, 'x'), 0xcd) })],
  ['two user ids', () => but({ 3: [parts[3]!, parts[2]!, parts[3]!] })],
  ['a user id without its certification', () => but({ 3: [] })],
  ['no user id', () => but({ 2: [], 3: [] })],
  ['no direct-key signature', () => but({ 1: [] })],
  ['two direct-key signatures', () => but({ 1: [parts[1]!, parts[1]!] })],
  ['the direct-key signature at the end', () => but({ 1: [] }, parts[1]!)],
  ['a subkey without its binding', () => but({ 5: [] })],
  ['a binding without its subkey', () => but({ 4: [] })],
  ['its subkey twice', () => but({}, parts[4]!, parts[5]!)],
  ['no primary key', () => but({ 0: [] })],
  ['two primary keys', () => but({}, others[0]!)],
  ['another certificate behind it', () => but({}, ...others)],
  ['a secret key', () => new Uint8Array(key.write())],
  ['a secret key in place of the primary key', async () => but({ 0: await secretPacket() })],
  ['a secret key behind it', async () => but({}, await secretPacket())],
  ['a secret subkey', () => but({ 4: packetsOf(key.write())[4]! })],
  ['a version 4 primary key', () => but({ 0: asVersion4(parts[0]!) })],
  ['a version 4 subkey', () => but({ 4: asVersion4(parts[4]!) })],
  ['a primary key for decryption', () => but({ 0: flipped(parts[0]!, 7 * 8 + 1) })],
  ['a key with a wrong length inside', () => but({ 0: flipped(parts[0]!, 11 * 8) })],
  ['a key with an octet more', () => but({ 0: framed(joined(bodyOf(parts[0]!), Uint8Array.of(0)), 0xc6) })],
  ['a packet header of the old format', () => but({ 0: inOldFormat(parts[0]!) })],
  ['a length in five octets', () => but({ 0: inFiveOctets(parts[0]!) })],
  ['something unhashed', () => but({ 1: withUnhashed(parts[1]!, Uint8Array.of(2, 100, 0)) })],
  ['something unhashed and critical', () => but({ 1: withUnhashed(parts[1]!, Uint8Array.of(2, 0xe4, 0)) })],
  ['a marker in front', () => joined(marker, ...parts)],
  ['a marker behind it', () => but({}, marker)],
  ['padding behind it', () => but({}, padding)],
  ['padding within', () => but({ 1: [padding, parts[1]!] })],
  ['a literal packet behind it', () => but({}, literal)],
  ['an unknown critical packet behind it', () => but({}, unknownCritical)],
  ['an unknown packet behind it', () => but({}, unknownIgnored)],
  ['an octet behind it', () => but({}, Uint8Array.of(0))],
  ['a header without a packet behind it', () => but({}, Uint8Array.of(0xc2, 10))],
  ['nothing at all', () => new Uint8Array()],
];

describe.each([
  ['on Node', native],
  ['in a browser', web],
])('A certificate as the clients make it %s', (_, primitives) => {
  it('is read without openpgp.js, and judged as by it', async () => {
    for (const one of [key, signingOnly]) {
      const bytes = new Uint8Array(one.toPublic().write());
      expect(await isOwn(bytes)).toBe(true);
      const subkeys = one.subkeys.map(() => false);
      const holds = [true, false, true, true, false, ...subkeys];
      const verdict = await agreed(bytes, primitives, one);
      expect(JSON.parse(verdict)).toMatchObject({ fingerprint: one.getFingerprint(), holds: [...holds, ...holds] });
    }
  });

  it.each(changed)('is judged as by openpgp.js with %s', async (_what, form) => {
    await agreed(await form(), primitives);
  });
});

describe('A certificate', () => {
  it('signs nothing while its direct-key signature does not hold', async () => {
    for (const bytes of [but({ 1: withLastFlipped(parts[1]!) }), but({ 1: others[1]! }), but({ 1: [] })])
      expect(await agreed(bytes)).not.toContain('true');
  });

  it('signs on with a certification or a binding that does not hold, which say nothing about that', async () => {
    for (const place of [3, 5])
      expect(await agreed(but({ [place]: withLastFlipped(parts[place]!) }))).toContain('true');
  });

  it('is none with a secret key or an older one inside', async () => {
    for (const place of [0, 4]) {
      expect(await agreed(but({ [place]: packetsOf(key.write())[place]! }))).toMatch('RecordError');
      expect(await agreed(but({ [place]: asVersion4(parts[place]!) }))).toMatch('RecordError');
    }
  });

  it.each<[string, () => Promise<openpgp.PrivateKey>]>([
    ['expires', () => generate({ keyExpirationTime: 500 })],
    ['has a subkey that signs', () => generate({ subkeys: [{ sign: true }, {}] })],
    ['has two subkeys', () => generate({ subkeys: [{}, {}] })],
    ['has two user ids', () => generate({ userIDs: [{ name: 'a' }, { name: 'b' }] })],
    ['prefers another cipher', () => generate({ config: { ...openpgpPolicy, ...prefersOcb } })],
    ['comes of other settings', () => generate({ config: keyPolicy })],
    ['is of Curve448', () => generate({ type: 'curve448' })],
    ['is of version 4', () => generate({ config: { ...openpgpPolicy, v6Keys: false } })],
  ])('that %s is judged as by openpgp.js', async (_what, make) => {
    const one = await make();
    await agreed(
      new Uint8Array(one.toPublic().write()),
      native,
      one.keyPacket.version === 6 && !is448(one) ? one : key,
    );
  });

  it('that was revoked is left to openpgp.js, and signs nothing', async () => {
    const { publicKey } = await openpgp.revokeKey({ key, format: 'object', config: openpgpPolicy });
    const bytes = new Uint8Array(publicKey.write());
    expect(await isOwn(bytes)).toBe(false);
    expect(await agreed(bytes)).not.toContain('true');
  });

  it('is judged as by openpgp.js with any bit flipped, and with octets put in, left out or replaced', async () => {
    const bytes = joined(...parts);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(6), fc.uint8Array({ maxLength: 6 }), async (at, taken, put) => {
        await agreed(joined(bytes.subarray(0, at), put, bytes.subarray(at + taken)));
        await agreed(flipped(bytes, at * 8 + taken));
      }),
      { numRuns: properties },
    );
  });

  it('is judged as by openpgp.js with its packets in any order and number', async () => {
    const all = [...parts, ...others, marker, padding, unknownIgnored];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(all.length - 1), { maxLength: 9 }), async (places) => {
        await agreed(joined(parts[0]!, ...places.map((place) => all[place]!)));
      }),
      { numRuns: properties },
    );
  });

  it('is never read without openpgp.js where openpgp.js would not read it: every bit', async () => {
    const bytes = joined(...parts);
    const kept = new Set<number>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = flipped(bytes, bit);
      if (!(await isOwn(altered))) continue;
      kept.add(bit >> 3);
      const { fingerprint } = await readAnyCertificate(altered);
      expect(fingerprint).toBe(key.getFingerprint());
    }
    // Salts, starts of digests, signatures, the user id and the key of the subkey: 3 * 98, 5 and 32 octets.
    expect(kept.size).toBe(3 * 98 + 5 + 32);
    expect(createHash('sha256').update(hashedKeyOf(parts[0]!)).digest('hex')).toBe(key.getFingerprint());
  });
});

const prefersOcb: openpgp.PartialConfig = { preferredAEADAlgorithm: openpgp.enums.aead.ocb };
const is448 = (one: openpgp.PrivateKey): boolean => bodyOf(packetsOf(one.toPublic().write())[0]!)[5] === 28;
/** What a fingerprint is the digest of (RFC 9580, 5.5.4.3). */
const hashedKeyOf = (packet: Uint8Array): Uint8Array =>
  joined(Uint8Array.of(0x9b, 0, 0, 0, bodyOf(packet).length), bodyOf(packet));
