import { toBase64, sha256, type KeyAtPlace } from '@aerie/protocol';
import { Organization, type Machine } from '../../../../test/support/organization.js';
import { Http } from '../api/http.js';
import { generateSecretKey, sealMessage, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import type { Keyring } from './keyring.js';
import { LocalDevice } from './local-device.js';

const fpOf = ({ certificate }: { certificate: { fingerprint: string } }): string => certificate.fingerprint;

describe('The key of a member that another of its devices has replaced', () => {
  let org: Organization;
  let phone: Machine;
  /** What the server has for the laptop. */
  let kept: KeyAtPlace[];
  let saved: Keyring[];
  let isFull: boolean;
  beforeEach(async () => {
    org = await Organization.found();
    phone = await org.addDevice(org.owner);
    [kept, saved, isFull] = [[], [], false];
  });

  /** By the phone, for both. @returns the new key */
  async function rotate(sealed?: (key: SecretKey) => Promise<Uint8Array>): Promise<SecretKey> {
    const key = await generateSecretKey('owner', 'encrypting');
    const octets = sealed ? await sealed(key) : await sealMessage(writeSecretKey(key), [org.laptop.key.certificate]);
    const digest = toBase64(await sha256(octets));
    const keys = [org.laptop, phone].map(({ deviceId }) => ({ deviceId, sealed: digest }));
    kept.push({ seq: org.membership.size, sealed: toBase64(octets) });
    await org.append(await org.certificateDraft(org.owner, key, { by: phone, keys }));
    return key;
  }
  const open = (keyring = org.keyringOf(org.laptop)) => {
    const fetch = async (url: URL | string) =>
      Response.json(String(url).includes('/members/current/keys') ? { keys: kept } : org.answer(url));
    return LocalDevice.open(keyring, new Http(keyring.server, fetch as typeof globalThis.fetch), async (changed) => {
      if (isFull) throw new Error('the disk is full');
      saved.push(structuredClone(changed));
    });
  };
  const fingerprints = ({ memberKeys }: LocalDevice) => memberKeys.all.map(fpOf);

  it('is fetched when its entry is seen, and kept beside the one before, also after a restart', async () => {
    const local = await open();
    await local.membership();
    const keys = [org.owner.key, await rotate()];
    await local.membership({ fresh: true });
    keys.push(await rotate(), await rotate());
    await local.membership({ fresh: true });
    expect(fingerprints(local)).toEqual(keys.map(fpOf));
    expect(fpOf(local.memberKey)).toBe(fpOf(keys[3]!));
    expect(saved.at(-1)!.membership).toEqual(org.membership.head);
    kept = [];
    const again = await open(saved.at(-1)!);
    await again.membership();
    expect(fingerprints(again)).toEqual(keys.map(fpOf));
    expect(again.memberKeys.areOf(org.membership, org.owner.memberId)).toBe(true);
    expect(again.memberKeys.areOf(org.membership, crypto.randomUUID())).toBe(false);
  });

  it.each<[string, () => Promise<void>]>([
    ['is held back', async () => void (await rotate(), kept.splice(0))],
    [
      'is another than the entry names',
      async () =>
        void (await rotate(), (await rotate(), kept.reverse()).forEach((one, i) => (one.seq = kept[1 - i]!.seq))),
    ],
    [
      'is the right one, and sealed by somebody else',
      async () => {
        const sealed = await sealMessage(writeSecretKey(await rotate()), [org.laptop.key.certificate]);
        kept[0]!.sealed = toBase64(sealed);
      },
    ],
    [
      'is of another certificate',
      async () =>
        void (await rotate(async () =>
          sealMessage(writeSecretKey(await generateSecretKey('mine', 'encrypting')), [org.laptop.key.certificate]),
        )),
    ],
    [
      'is sealed to another device',
      async () => void (await rotate((key) => sealMessage(writeSecretKey(key), [phone.key.certificate]))),
    ],
    ['is no key', async () => void (await rotate(() => sealMessage(new Uint8Array(10), [org.laptop.key.certificate])))],
  ])('is left out where it %s, and keeps nobody from revoking who sealed it', async (_, change) => {
    await change();
    const local = await open();
    await local.membership();
    expect(fingerprints(local)).toEqual([fpOf(org.owner.key)]);
    expect(saved.at(-1)!.membership).toEqual(org.membership.head);
    await org.append(org.revocationDraft(phone, org.laptop));
    expect((await local.membership({ fresh: true })).devices.get(phone.deviceId)?.until).not.toBeNull();
  });

  it('stands where its certificate stands, also where it was held back until a later one had come', async () => {
    const keys = [org.owner.key, await rotate(), await rotate()];
    const [first] = kept.splice(0, 1);
    const local = await open();
    await local.membership();
    expect(fingerprints(local)).toEqual([keys[0]!, keys[2]!].map(fpOf));
    kept.push(first!);
    await local.membership({ fresh: true });
    expect(fingerprints(local)).toEqual(keys.map(fpOf));
    expect(saved.at(-1)!.memberSecretKeys).toHaveLength(3);
  });

  it('is fetched again where it could not be saved', async () => {
    await rotate();
    const local = await open();
    isFull = true;
    await expect(local.membership()).rejects.toThrow('the disk is full');
    expect(local.keyring).toMatchObject({ membership: null, memberSecretKeys: [expect.any(String)] });
    isFull = false;
    await local.membership();
    expect(saved.at(-1)!.memberSecretKeys).toHaveLength(2);
  });
});
