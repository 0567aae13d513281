import { beforeAll, describe, expect, it } from '@jest/globals';
import { fromHex } from '@aerie/protocol';
import fc from 'fast-check';
import * as openpgp from 'openpgp';
import { properties } from '../../../../test/support/properties.js';
import { primitives as browser } from '../platform/browser/primitives.js';
import { primitives as native } from '../platform/node/primitives.js';
import * as door from './openpgp.js';
import type { Primitives } from './primitives.port.js';
import { readSessionKeyPacket, sessionKeyPacketBytes, writeSessionKeyPacket } from './session-key-packet.js';

const sessionKeys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sessionKey = new Uint8Array(32).map((_, i) => i * 7);

let epoch: door.SecretKey;
let recipient: { fingerprint: Uint8Array; publicKey: Uint8Array };
let secret: Uint8Array;
beforeAll(async () => {
  epoch = await door.generateSecretKey('epoch', 'encrypting');
  const { keyPacket } = epoch.key.subkeys[0]!;
  const fields = keyPacket as unknown as { publicParams: { A: Uint8Array }; privateParams: { k: Uint8Array } };
  recipient = { fingerprint: fromHex(keyPacket.getFingerprint()), publicKey: fields.publicParams.A };
  secret = fields.privateParams.k;
});

describe.each<[string, Primitives, Primitives]>([
  ['on Node', native, browser],
  ['in a browser', browser, native],
])('The session key packet %s', (_, primitives, others) => {
  const write = async (key: Uint8Array, by = primitives): Promise<Uint8Array> =>
    writeSessionKeyPacket(key, recipient, await by.sender(recipient.publicKey), by);
  const read = async (packet: Uint8Array, by = primitives): Promise<Uint8Array> => {
    const receive = await by.receiver({ secret, publicKey: recipient.publicKey });
    return readSessionKeyPacket(packet, recipient, receive, by);
  };

  it('is read by openpgp.js and by the other implementation, and reads what either wrote', async () => {
    await fc.assert(
      fc.asyncProperty(sessionKeys, async (key) => {
        const ours = await write(key);
        expect(ours).toHaveLength(sessionKeyPacketBytes);
        const message = await openpgp.readMessage({ binaryMessage: ours });
        const [found] = await openpgp.decryptSessionKeys({ message, decryptionKeys: epoch.key });
        expect(Buffer.from(found!.data)).toEqual(Buffer.from(key));
        expect(found!.algorithm).toBeNull();
        expect(Buffer.from(await read(ours, others))).toEqual(Buffer.from(key));
        expect(Buffer.from(await read(await write(key, others)))).toEqual(Buffer.from(key));
        const theirs = (await openpgp.encryptSessionKey({
          data: key,
          algorithm: 'aes256',
          aeadAlgorithm: 'gcm',
          encryptionKeys: await epoch.certificate.whole(),
          format: 'binary',
        })) as Uint8Array;
        expect(Buffer.from(await read(theirs))).toEqual(Buffer.from(key));
      }),
      { numRuns: properties },
    );
  });

  it('is refused with any one bit of it flipped', async () => {
    const packet = await write(sessionKey);
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const altered = Uint8Array.from(packet);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      // X25519 takes a public key for its twin with the highest bit set (RFC 7748, 5); HKDF takes the octets, which differ.
      await expect(read(altered)).rejects.toThrow();
    }
  });

  it('is refused at any other length, and whatever else the octets are', async () => {
    const packet = await write(sessionKey);
    for (let bytes = 0; bytes < packet.length; bytes++) await expect(read(packet.subarray(0, bytes))).rejects.toThrow();
    const edits = fc.array(fc.tuple(fc.nat(packet.length - 1), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(edits, fc.uint8Array({ maxLength: 9 }), async (edited, more) => {
        const altered = Buffer.concat([packet, more]);
        for (const [at, value] of edited) altered[at] = value;
        fc.pre(!altered.equals(packet));
        await expect(read(altered)).rejects.toThrow();
      }),
      { numRuns: properties },
    );
  });
});

describe('What carries a session key', () => {
  it('is refused in the older version, to nobody in particular, with a second packet, and by another key of the same door', async () => {
    const encrypt = async (options: { aeadAlgorithm?: 'gcm'; wildcard?: boolean }): Promise<Uint8Array> =>
      (await openpgp.encryptSessionKey({
        data: sessionKey,
        algorithm: 'aes256',
        encryptionKeys: await epoch.certificate.whole(),
        format: 'binary',
        ...options,
      })) as Uint8Array;
    const ours = await door.wrapSessionKey(sessionKey, epoch.certificate);
    const refused = [
      await encrypt({}),
      await encrypt({ aeadAlgorithm: 'gcm', wildcard: true }),
      Buffer.concat([ours, ours]),
      Buffer.concat([Buffer.from('ca03504750', 'hex'), ours]),
    ];
    for (const packet of refused)
      await expect(door.unwrapSessionKey(packet, epoch)).rejects.toMatchObject({ reason: 'not_for_us' });
    const other = await door.generateSecretKey('other', 'encrypting');
    await expect(door.unwrapSessionKey(ours, other)).rejects.toMatchObject({ reason: 'not_for_us' });
    const device = await door.generateSecretKey('controller', 'signing');
    await expect(door.unwrapSessionKey(ours, device)).rejects.toMatchObject({ reason: 'not_for_us' });
  });
});
