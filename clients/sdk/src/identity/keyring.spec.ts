import { toBase64, type MembershipHead } from '@aerie/protocol';
import { learned, newKeyring, type Keyring } from './keyring.js';

const [device, other, member] = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);
const keyring = (changes: Partial<Keyring> = {}): Keyring => ({
  ...newKeyring({
    server: 'https://old.example',
    organizationId: member!,
    rootFp: 'A'.repeat(64),
    memberId: member!,
    deviceId: device!,
    kind: 'full',
    deviceSecretKey: 'AA==',
    memberSecretKeys: null,
  }),
  ...changes,
});

const seen = (size: number): MembershipHead => ({ size, head: toBase64(new Uint8Array(32).fill(size)) });

describe('A keyring that two processes work with', () => {
  it('keeps what either has learned of devices, and never an unknown one again', () => {
    const mine = keyring({ knownDevices: { [other!]: 'announced', [device!]: 'known' } });
    const stored = keyring({ knownDevices: { [other!]: 'known', [device!]: 'announced' } });
    for (const result of [learned(mine, stored), mine])
      expect(result.knownDevices).toEqual({ [other!]: 'known', [device!]: 'known' });
  });

  it.each([
    ['mine, where it is longer', seen(3), seen(2), seen(3)],
    ['the stored one, where that is longer', seen(2), seen(3), seen(3)],
    ['mine, where nothing is stored', seen(2), null, seen(2)],
    ['the stored one, where I have seen nothing', null, seen(2), seen(2)],
    ['none, where neither has', null, null, null],
  ])('pins the chain that was seen the furthest: %s', (_, own, kept, longest) => {
    const mine = keyring({ membership: own });
    for (const result of [learned(mine, keyring({ membership: kept })), mine])
      expect(result.membership).toEqual(longest);
  });

  it('stays with the server that the stored one names', () => {
    expect(learned(keyring(), keyring({ server: 'https://new.example' })).server).toBe('https://new.example');
  });

  it('does not take the place of the keys of another device', () => {
    expect(() => learned(keyring(), keyring({ deviceId: other! }))).toThrow(
      expect.objectContaining({ code: 'keyring.replaced' }),
    );
  });
});
