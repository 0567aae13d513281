import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fromHex, utf8 } from '@aerie/protocol';
import fc from 'fast-check';
import { properties } from '../../../../test/support/properties.js';
import { primitives as browser } from '../platform/browser/primitives.js';
import { chooseArgon2, loadArgon2, primitives as native } from '../platform/node/primitives.js';
import { argon2Wasm } from './argon2-wasm.js';
import type { Primitives } from './primitives.port.js';

/** From DER, which neither implementation takes: the public half of 32 random octets. */
const publicHalf = (der: string, secret: Uint8Array): Uint8Array => {
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from(der, 'hex'), secret]), format: 'der', type: 'pkcs8' });
  return Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
};
const ed25519PublicKey = (secret: Uint8Array): Uint8Array => publicHalf('302e020100300506032b657004220420', secret);
const x25519PublicKey = (secret: Uint8Array): Uint8Array => publicHalf('302e020100300506032b656e04220420', secret);
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octets = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes });
/** Points of small order, for which the shared secret is all zeros whatever the secret key (RFC 7748, 6.1). */
const smallOrders = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
];
const upTo = (maxLength: number) => fc.uint8Array({ maxLength });

describe.each<[string, Primitives]>([
  ['on Node', native],
  ['in a browser', browser],
])('The primitives %s', (_, { aead, hmac, hkdf, argon2, signer, receiver, sender, wrap, unwrap }) => {
  // The reference implementation's test.c, version 1.3 of Argon2id; its salts have 8 octets, as RFC 9106 allows.
  // RFC 9106's own vector has associated data, which an S2K specifier has not and neither implementation takes.
  it.each([
    [2, 16, 1, 'password', 'somesalt', '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
    [2, 8, 1, 'password', 'somesalt', '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
    [2, 8, 2, 'password', 'somesalt', '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
    [4, 16, 1, 'password', 'somesalt', '9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c'],
    [2, 16, 1, 'differentpassword', 'somesalt', '0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde'],
    [2, 16, 1, 'password', 'diffsalt', 'bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c'],
  ])(
    'derive what the reference does: %i passes, 2^%i KiB, %i lanes',
    async (passes, memoryExponent, lanes, ...texts) => {
      const [passphrase, salt, expected] = texts;
      const found = await argon2(utf8(passphrase!), { salt: utf8(salt!), passes, lanes, memoryExponent });
      expect(hex(found)).toBe(expected);
    },
  );

  // RFC 5869, A.1 and A.3.
  it('expand as RFC 5869 says', async () => {
    const first = await hkdf(
      new Uint8Array(22).fill(0x0b),
      fromHex('000102030405060708090a0b0c'),
      fromHex('f0f1f2f3f4f5f6f7f8f9'),
      42,
    );
    expect(hex(first)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
    const third = await hkdf(new Uint8Array(22).fill(0x0b), new Uint8Array(), new Uint8Array(), 42);
    expect(hex(third)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
  });

  // RFC 4231, test case 2.
  it('authenticate as RFC 4231 says', async () => {
    expect(hex(await hmac(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  // RFC 8032, 7.1, test 1.
  it('sign as RFC 8032 says', async () => {
    const secret = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    const publicKey = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const sign = await signer({ secret, publicKey });
    expect(hex(await sign(new Uint8Array()))).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
  });

  // RFC 7748, 6.1.
  it('share a secret as RFC 7748 says, and none with a key of small order', async () => {
    const secret = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    const publicKey = fromHex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const receive = await receiver({ secret, publicKey });
    const alice = fromHex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(hex(await receive(alice))).toBe('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
    for (const small of smallOrders) {
      await expect((async () => receive(fromHex(small)))()).rejects.toThrow();
      await expect((async () => (await sender(fromHex(small)))())()).rejects.toThrow();
    }
  });

  it('wrap a key, and refuse every bit flipped and every other length', async () => {
    const [by, key] = [new Uint8Array(16).fill(3), new Uint8Array(32).fill(4)];
    const wrapped = await wrap(by, key);
    expect(wrapped).toHaveLength(40);
    expect(hex(await unwrap(by, wrapped))).toBe(hex(key));
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const altered = Uint8Array.from(wrapped);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      await expect((async () => unwrap(by, altered))()).rejects.toThrow();
    }
    for (const short of [wrapped.subarray(8), wrapped.subarray(1), wrapped.subarray(0, 8), new Uint8Array()])
      await expect((async () => unwrap(by, short))()).rejects.toThrow();
  });

  // The GCM specification, test case 16.
  it('seal as the specification of GCM says, and refuse every bit flipped', async () => {
    const key = fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
    const nonce = fromHex('cafebabefacedbaddecaf888');
    const data = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const plain = fromHex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    const cipher = await aead(key);
    const sealed = await cipher.seal(nonce, data, plain);
    expect(hex(sealed)).toBe(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    );
    expect(hex(await cipher.open(nonce, data, sealed))).toBe(hex(plain));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Uint8Array.from(sealed);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      await expect((async () => cipher.open(nonce, data, altered))()).rejects.toThrow();
    }
    for (const short of [sealed.subarray(1), sealed.subarray(0, -1), sealed.subarray(0, 15), new Uint8Array()])
      await expect((async () => cipher.open(nonce, data, short))()).rejects.toThrow();
  });
});

describe('Both implementations of the primitives', () => {
  it('derive the same from a passphrase', async () => {
    const costs = fc.record({
      salt: octets(16),
      passes: fc.integer({ min: 1, max: 4 }),
      lanes: fc.integer({ min: 1, max: 16 }),
      memoryExponent: fc.integer({ min: 7, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), costs, async (passphrase, cost) => {
        expect(hex(await native.argon2(passphrase, cost))).toBe(hex(await browser.argon2(passphrase, cost)));
      }),
      { numRuns: properties },
    );
  });

  it('derive the same key, and seal to the same octets, which the other opens', async () => {
    await fc.assert(
      fc.asyncProperty(
        octets(32),
        upTo(40),
        octets(12),
        upTo(40),
        upTo(3000),
        async (key, salt, nonce, data, plain) => {
          const bytes = 32 + (plain.length % 9);
          expect(hex(await native.hkdf(key, salt, data, bytes))).toBe(hex(await browser.hkdf(key, salt, data, bytes)));
          const [mine, theirs] = [await native.aead(key), await browser.aead(key)];
          const sealed = await mine.seal(nonce, data, plain);
          expect(hex(sealed)).toBe(hex(await theirs.seal(nonce, data, plain)));
          expect(hex(await theirs.open(nonce, data, sealed))).toBe(hex(plain));
          expect(hex(await mine.open(nonce, data, sealed))).toBe(hex(plain));
        },
      ),
      { numRuns: properties },
    );
  });

  it('sign the same, authenticate the same and wrap the same, which the other unwraps', async () => {
    await fc.assert(
      fc.asyncProperty(octets(32), upTo(300), octets(16), async (secret, message, by) => {
        const publicKey = ed25519PublicKey(secret);
        const [mine, theirs] = [
          await native.signer({ secret, publicKey }),
          await browser.signer({ secret, publicKey }),
        ];
        expect(hex(await mine(message))).toBe(hex(await theirs(message)));
        expect(hex(await native.hmac(secret, message))).toBe(hex(await browser.hmac(secret, message)));
        const wrapped = await native.wrap(by, secret);
        expect(hex(wrapped)).toBe(hex(await browser.wrap(by, secret)));
        expect(hex(await browser.unwrap(by, wrapped))).toBe(hex(secret));
        expect(hex(await native.unwrap(by, wrapped))).toBe(hex(secret));
      }),
      { numRuns: properties },
    );
  });

  it('share the same secret, whichever of them is the sender', async () => {
    await fc.assert(
      fc.asyncProperty(octets(32), async (secret) => {
        const publicKey = x25519PublicKey(secret);
        for (const [from, to] of [
          [native, browser],
          [browser, native],
        ] as const) {
          const { ephemeral, shared } = await (await from.sender(publicKey))();
          expect(hex(await (await to.receiver({ secret, publicKey }))(ephemeral))).toBe(hex(shared));
        }
      }),
      { numRuns: properties },
    );
  });

  it('go on with WebAssembly on Node where the native package does not load', async () => {
    const chosen = chooseArgon2(() => {
      throw new Error('Cannot find native binding');
    });
    expect(chosen).toBe(argon2Wasm);
    expect(chooseArgon2(loadArgon2)).not.toBe(argon2Wasm);
  });
});
