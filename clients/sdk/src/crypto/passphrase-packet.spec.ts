import { describe, expect, it } from '@jest/globals';
import { concatBytes } from '@aerie/protocol';
import fc from 'fast-check';
import * as openpgp from 'openpgp';
import { properties } from '../../../../test/support/properties.js';
import { primitives as browser } from '../platform/browser/primitives.js';
import { primitives as native } from '../platform/node/primitives.js';
import * as door from './openpgp.js';
import { passphrasePacketBytes, readPassphrasePacket, writePassphrasePacket } from './passphrase-packet.js';
import type { Primitives } from './primitives.port.js';

const sessionKey = new Uint8Array(32).map((_, i) => i);
const both: [string, Primitives][] = [
  ['on Node', native],
  ['in a browser', browser],
];
/** What makes openpgp.js write a passphrase packet of our form. */
const asOurs: openpgp.PartialConfig = {
  aeadProtect: true,
  preferredAEADAlgorithm: openpgp.enums.aead.gcm,
  s2kType: openpgp.enums.s2k.argon2,
  s2kArgon2Params: { passes: 3, parallelism: 4, memoryExponent: 16 },
};
/**
 * 256 KiB instead of 64 MiB, and each derivation once, for cases by the hundred; the costs in the packet stay as they are,
 * and count all the same.
 */
const quick = (full: Primitives): Primitives => {
  const derived = new Map<string, ReturnType<Primitives['argon2']>>();
  return {
    ...full,
    argon2(passphrase, cost) {
      const key = JSON.stringify([[...passphrase], cost, [...cost.salt]]);
      const known = derived.get(key) ?? full.argon2(passphrase, { ...cost, memoryExponent: cost.memoryExponent - 8 });
      derived.set(key, known);
      return known;
    },
  };
};
const reasonOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'opened',
    (error: { reason?: string }) => error.reason,
  );

describe.each(both)('The passphrase packet %s', (_, primitives) => {
  it('is one that openpgp.js opens, and yields the same session key', async () => {
    const packet = await writePassphrasePacket(sessionKey, 'Strauß 🛩 horse', primitives);
    const message = await openpgp.readMessage({ binaryMessage: packet });
    const found = await openpgp.decryptSessionKeys({ message, passwords: ['Strauß 🛩 horse'] });
    expect(found.map(({ data }) => Buffer.from(data))).toEqual([Buffer.from(sessionKey)]);
  });

  it('opens what openpgp.js wrote', async () => {
    const packet = (await openpgp.encryptSessionKey({
      data: sessionKey,
      algorithm: 'aes256',
      aeadAlgorithm: 'gcm',
      passwords: ['Strauß 🛩 horse'],
      format: 'binary',
      config: asOurs,
    })) as Uint8Array;
    expect(packet).toHaveLength(passphrasePacketBytes);
    const found = await readPassphrasePacket(packet, 'Strauß 🛩 horse', primitives);
    expect(Buffer.from(found)).toEqual(Buffer.from(sessionKey));
  });

  it('is opened by what the other implementation has', async () => {
    const other = quick(primitives === native ? browser : native);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (passphrase, key) => {
          const packet = await writePassphrasePacket(key, passphrase, quick(primitives));
          const found = await readPassphrasePacket(packet, passphrase, other);
          expect(Buffer.from(found)).toEqual(Buffer.from(key));
        },
      ),
      { numRuns: properties },
    );
  });

  it('is refused with any one bit of it flipped, and with another passphrase', async () => {
    const cheap = quick(primitives);
    const packet = await writePassphrasePacket(sessionKey, 'correct horse', cheap);
    expect(Buffer.from(await readPassphrasePacket(packet, 'correct horse', cheap))).toEqual(Buffer.from(sessionKey));
    const refusals = ['passphrase', 'weak_kdf', 'costly_kdf'];
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const altered = Uint8Array.from(packet);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusals).toContain(await reasonOf(readPassphrasePacket(altered, 'correct horse', cheap)));
    }
    expect(await reasonOf(readPassphrasePacket(packet, 'correct horsf', cheap))).toBe('passphrase');
    expect(await reasonOf(readPassphrasePacket(packet, '', cheap))).toBe('passphrase');
  });

  it('is refused, and nothing derived, at any length but its own and with any other length written in it', async () => {
    const packet = await writePassphrasePacket(sessionKey, 'correct horse', quick(primitives));
    const derivesNothing: Primitives = {
      ...primitives,
      argon2: () => Promise.reject(new Error('it derived something')),
    };
    for (let bytes = 0; bytes < packet.length; bytes++)
      expect(await reasonOf(readPassphrasePacket(packet.subarray(0, bytes), 'correct horse', derivesNothing))).toBe(
        'weak_kdf',
      );
    const lengthOctets = fc.constantFrom(1, 3, 6);
    await fc.assert(
      fc.asyncProperty(lengthOctets, fc.nat(255), fc.uint8Array({ maxLength: 40 }), async (at, value, more) => {
        fc.pre(packet[at] !== value);
        const altered = concatBytes([packet, more]);
        altered[at] = value;
        expect(await reasonOf(readPassphrasePacket(altered, 'correct horse', derivesNothing))).toBe('weak_kdf');
      }),
      { numRuns: properties },
    );
  });
});

describe('A message that a passphrase opens', () => {
  it('is refused whatever its octets', async () => {
    const sealed = await door.sealWithPassphrase(new Uint8Array(5), 'correct horse');
    const head = sealed.subarray(0, 8);
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 200 }), async (isLikeOurs, octets) => {
        const message = isLikeOurs ? concatBytes([head, octets]) : octets;
        expect(await reasonOf(door.openWithPassphrase(message, 'x'))).toMatch(/malformed|legacy|_kdf|passphrase/);
      }),
      { numRuns: properties },
    );
  });

  it('is opened by openpgp.js, and what openpgp.js sealed is opened here', async () => {
    const plain = new TextEncoder().encode('all the keys');
    const ours = await door.sealWithPassphrase(plain, 'correct horse');
    const opened = await openpgp.decrypt({
      message: await openpgp.readMessage({ binaryMessage: ours }),
      passwords: ['correct horse'],
      format: 'binary',
    });
    expect(Buffer.from(opened.data as Uint8Array).toString()).toBe('all the keys');
    const theirs = (await openpgp.encrypt({
      message: await openpgp.createMessage({ binary: plain }),
      passwords: ['correct horse'],
      format: 'binary',
      config: asOurs,
    })) as Uint8Array;
    expect(Buffer.from(await door.openWithPassphrase(theirs, 'correct horse')).toString()).toBe('all the keys');
  });

  it('is refused with a second passphrase packet, or with one that a key opens', async () => {
    const sealed = await door.sealWithPassphrase(new Uint8Array(5), 'correct horse');
    const packet = sealed.subarray(0, passphrasePacketBytes);
    expect(await reasonOf(door.openWithPassphrase(concatBytes([packet, sealed]), 'correct horse'))).toBe('weak_kdf');
    const member = await door.generateSecretKey('Ada', 'encrypting');
    const toKey = await door.sealMessage(new Uint8Array(5), [member.certificate]);
    expect(await reasonOf(door.openWithPassphrase(toKey, 'correct horse'))).toBe('weak_kdf');
  });
});
