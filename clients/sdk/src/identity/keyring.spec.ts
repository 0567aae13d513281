import { learned, newKeyring, type Keyring } from './keyring.js';

const [device, other, project, elsewhere] = ['1', '2', '3', '4'].map(
  (digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`,
);
const keyring = (changes: Partial<Keyring> = {}): Keyring => ({
  ...newKeyring({
    server: 'https://old.example',
    organizationId: project!,
    rootFp: 'A'.repeat(64),
    memberId: project!,
    deviceId: device!,
    kind: 'full',
    deviceSecretKey: 'AA==',
    memberSecretKey: null,
  }),
  ...changes,
});

describe('A keyring that two processes work with', () => {
  it('keeps what either has learned, and never a lower epoch or an unknown device again', () => {
    const mine = keyring({ pins: { [project!]: 3 }, knownDevices: { [other!]: 'announced' } });
    const stored = keyring({ pins: { [project!]: 2, [elsewhere!]: 7 }, knownDevices: { [other!]: 'known' } });
    for (const result of [learned(mine, stored), mine]) {
      expect(result.pins).toEqual({ [project!]: 3, [elsewhere!]: 7 });
      expect(result.knownDevices).toEqual({ [other!]: 'known' });
    }
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
