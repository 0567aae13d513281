import { RecordError, readCertificate, verifyRecord } from '@aerie/protocol';
import * as openpgp from 'openpgp';
import * as door from './openpgp.js';

const id = () => crypto.randomUUID();
const sessionRecord = () => ({
  v: 1 as const,
  type: 'session' as const,
  organizationId: id(),
  deviceId: id(),
  challenge: Buffer.alloc(32, 7).toString('base64'),
});

describe('The door to OpenPGP', () => {
  it('signs a record that verifies under that certificate, in that context, and nowhere else', async () => {
    const [mine, other] = [
      await door.generateSecretKey('phone', 'signing'),
      await door.generateSecretKey('other', 'signing'),
    ];
    const signed = await door.signRecord('session', sessionRecord(), mine);
    expect(await verifyRecord('session', signed, mine.certificate)).toMatchObject({ type: 'session' });
    await expect(verifyRecord('session', signed, other.certificate)).rejects.toThrow(RecordError);
    await expect(verifyRecord('device', signed, mine.certificate)).rejects.toThrow('context device.v1');
    const altered = {
      ...signed,
      bytes: Uint8Array.from(signed.bytes, (octet, index) => (index === 5 ? octet ^ 1 : octet)),
    };
    await expect(verifyRecord('session', altered, mine.certificate)).rejects.toThrow('does not verify');
  });

  it('refuses a signature without its context, with two, and with that of another record', async () => {
    const mine = await door.generateSecretKey('phone', 'signing');
    const { bytes } = await door.signRecord('session', sessionRecord(), mine);
    const context = (value: string) => ({
      name: 'context@aerie.internal',
      value: new TextEncoder().encode(value),
      humanReadable: true,
      critical: false,
    });
    for (const notations of [[], [context('session.v1'), context('session.v1')], [context('device.v1')]]) {
      const signature = (await openpgp.sign({
        message: await openpgp.createMessage({ binary: bytes }),
        signingKeys: mine.key,
        detached: true,
        format: 'binary',
        signatureNotations: notations,
      })) as Uint8Array;
      await expect(verifyRecord('session', { bytes, signature }, mine.certificate)).rejects.toThrow('context');
    }
  });

  it('carries a session key to its recipient in a version 6 packet of 111 octets', async () => {
    const epoch = await door.generateSecretKey('epoch', 'encrypting');
    const sessionKey = crypto.getRandomValues(new Uint8Array(32));
    const packet = await door.wrapSessionKey(sessionKey, epoch.certificate);
    expect(packet).toHaveLength(111);
    expect(Buffer.from(await door.unwrapSessionKey(packet, epoch))).toEqual(Buffer.from(sessionKey));
    const other = await door.generateSecretKey('other', 'encrypting');
    await expect(door.unwrapSessionKey(packet, other)).rejects.toMatchObject({ reason: 'not_for_us' });
  });

  it('gives an upload-only device nothing to decrypt with', async () => {
    const device = await door.generateSecretKey('controller', 'signing');
    await expect(door.wrapSessionKey(new Uint8Array(32), device.certificate)).rejects.toThrow();
  });

  it('opens what a passphrase sealed, and not with another', async () => {
    const sealed = await door.sealWithPassphrase(new TextEncoder().encode('keys'), 'correct horse');
    expect(new TextDecoder().decode(await door.openWithPassphrase(sealed, 'correct horse'))).toBe('keys');
    await expect(door.openWithPassphrase(sealed, 'wrong')).rejects.toMatchObject({ reason: 'passphrase' });
  });

  it('refuses a weaker key derivation before it derives anything', async () => {
    const config: openpgp.PartialConfig = {
      aeadProtect: true,
      s2kType: openpgp.enums.s2k.argon2,
      s2kArgon2Params: { passes: 1, parallelism: 1, memoryExponent: 10 },
    };
    const weak = (await openpgp.encrypt({
      message: await openpgp.createMessage({ binary: new Uint8Array(3) }),
      passwords: ['x'],
      format: 'binary',
      config,
    })) as Uint8Array;
    await expect(door.openWithPassphrase(weak, 'x')).rejects.toMatchObject({ reason: 'weak_kdf' });
  });

  it.each<[string, number, number]>([
    ['255 passes', 0, 255],
    ['13 passes', 0, 13],
    ['256 lanes at once', 1, 255],
    ['no lane', 1, 0],
    ['512 MiB', 2, 19],
  ])('refuses a key derivation of %s before it derives anything', async (_, field, value) => {
    const sealed = await door.sealWithPassphrase(new TextEncoder().encode('keys'), 'correct horse');
    // Argon2 in an S2K specifier (RFC 9580, 3.7.1.4): type 4, salt of 16, passes, lanes, exponent of memory.
    const ours = Buffer.from([3, 4, 16]);
    const at = Buffer.from(sealed).indexOf(ours);
    expect(sealed[at - 17]).toBe(4);
    sealed[at + field] = value;
    const refused = door.openWithPassphrase(sealed, 'correct horse');
    await expect(refused).rejects.toMatchObject({ reason: 'costly_kdf' });
  });

  it('opens a message for its recipient and reads back what it wrote', async () => {
    const member = await door.generateSecretKey('Ada', 'encrypting');
    const sealed = await door.sealMessage(new Uint8Array([1, 2, 3]), [member.certificate]);
    const again = await door.readSecretKey(door.writeSecretKey(member));
    expect([...(await door.openMessage(sealed, again))]).toEqual([1, 2, 3]);
    expect(again.certificate.fingerprint).toBe(member.certificate.fingerprint);
  });

  it('refuses to read a secret key where a certificate is due', async () => {
    const member = await door.generateSecretKey('Ada', 'encrypting');
    await expect(readCertificate(door.writeSecretKey(member))).rejects.toThrow('secret key');
  });
});
