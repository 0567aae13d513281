import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  canonicalJson,
  contextNotation,
  contextOf,
  openpgpPolicy,
  utf8,
  verifyRecord,
  type SignedBytes,
} from '@aerie/protocol';
import * as openpgp from 'openpgp';
import { generateSecretKey, type SecretKey } from './openpgp.js';

const record = {
  v: 1,
  type: 'session',
  organizationId: '6f1c1f0e-8a63-4f4e-9d2a-0b8f6f1f2c3d',
  deviceId: '0e7e5f7a-1c2b-4d3e-8f9a-1b2c3d4e5f60',
  challenge: `${'A'.repeat(43)}=`,
} as const;
const canonical = new TextDecoder().decode(canonicalJson(record));

describe('A signed record', () => {
  let key: SecretKey;
  beforeAll(async () => {
    key = await generateSecretKey('device', 'signing');
  });

  /** Signs whatever octets, as no honest client would. */
  async function sign(text: string): Promise<SignedBytes> {
    const bytes = utf8(text);
    const signature = await openpgp.sign({
      message: await openpgp.createMessage({ binary: bytes }),
      signingKeys: key.key,
      detached: true,
      format: 'binary',
      signatureNotations: [
        { name: contextNotation, value: utf8(contextOf('session')), humanReadable: true, critical: false },
      ],
      config: openpgpPolicy,
    });
    return { bytes, signature: signature as Uint8Array };
  }

  it('is taken in its canonical print', async () => {
    expect(await verifyRecord('session', await sign(canonical), key.certificate)).toEqual(record);
  });

  it.each([
    ['with a member that stands twice', canonical.replace('{', `{"deviceId":"${record.organizationId}",`)],
    ['with white space', canonical.replace(',', ', ')],
    ['with a line break at its end', `${canonical}\n`],
    ['with its members in another order', JSON.stringify(record)],
    ['with a letter written as an escape', canonical.replace('"session"', '"\\u0073ession"')],
    ['with a number written in another way', canonical.replace('"v":1', '"v":1.0')],
    ['with a number written with an exponent', canonical.replace('"v":1', '"v":1e0')],
  ])('is refused %s, though its signature holds', async (_, text) => {
    expect(text).not.toBe(canonical);
    await expect(verifyRecord('session', await sign(text), key.certificate)).rejects.toMatchObject({ reason: 'shape' });
  });

  it('is not read before its signature was checked', async () => {
    const { signature } = await sign(canonical);
    const altered = { bytes: utf8(`${canonical} `), signature };
    await expect(verifyRecord('session', altered, key.certificate)).rejects.toMatchObject({ reason: 'signature' });
  });
});
