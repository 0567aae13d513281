import { describe, expect, it } from '@jest/globals';
import { parseRecoveryKit, printRecoveryKit } from '../../../../sdk/src/crypto/recovery-kit.js';
import { kitLines } from './kit-lines.js';

const kit = {
  organization: 'Küste: Vermessung',
  organizationId: '911c13d3-9da7-42ea-8556-004bd1d964c4',
  server: 'https://aerie.example',
  rootFp: '4530955a'.repeat(8),
  accountKey: new Uint8Array(16).fill(9),
};

describe('The page that prints the recovery kit', () => {
  it('reads from its text what it shows', async () => {
    const { organization, organizationId, server, rootFp, accountKey } = kitLines(await printRecoveryKit(kit));
    expect({ organization, organizationId, server }).toEqual({
      organization: kit.organization,
      organizationId: kit.organizationId,
      server: kit.server,
    });
    expect(rootFp.replaceAll(' ', '')).toBe(kit.rootFp);
    expect(accountKey.map((group) => group.length)).toEqual([5, 5, 5, 5, 5, 5]);
  });

  it('puts into the QR code all that recovery needs', async () => {
    expect(await parseRecoveryKit(kitLines(await printRecoveryKit(kit)).essence)).toEqual(kit);
  });

  it('refuses a text that is none', () => expect(() => kitLines('Aerie')).toThrow('Organization'));
});
