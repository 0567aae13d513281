import { beforeAll, describe, expect, it } from '@jest/globals';
import { contextNotation, fromHex, readCertificate, readRecordSignature } from '@aerie/protocol';
import fc from 'fast-check';
import * as openpgp from 'openpgp';
import { properties } from '../../../../test/support/properties.js';
import { primitives as browser } from '../platform/browser/primitives.js';
import { primitives as native } from '../platform/node/primitives.js';
import * as door from './openpgp.js';
import type { Primitives } from './primitives.port.js';
import { signOctets } from './record-signature.js';

let device: door.SecretKey;
beforeAll(async () => {
  device = await door.generateSecretKey('phone', 'signing');
});

describe.each<[string, Primitives]>([
  ['on Node', native],
  ['in a browser', browser],
])('A signature made %s', (_, primitives) => {
  it('verifies here and in openpgp.js, with its context, whatever the octets and the context', async () => {
    const { publicParams, privateParams } = device.key.keyPacket as unknown as {
      publicParams: { A: Uint8Array };
      privateParams: { seed: Uint8Array };
    };
    const sign = await primitives.signer({ secret: privateParams.seed, publicKey: publicParams.A });
    const certificate = await readCertificate(device.certificate.bytes);
    const created = Math.floor(device.key.getCreationTime().getTime() / 1000);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.nat(1e8),
        async (octets, value, later) => {
          const packet = await signOctets(octets, sign, {
            created: created + later,
            issuer: fromHex(device.certificate.fingerprint),
            notation: { name: contextNotation, value },
          });
          const read = readRecordSignature(packet);
          expect(read.notations(contextNotation).map((one) => Buffer.from(one))).toEqual([Buffer.from(value)]);
          expect(read.created).toBe(created + later);
          expect(await certificate.holds(read, octets)).toBe(true);
          const signature = await openpgp.readSignature({ binarySignature: packet });
          // A parsed packet prints as the octets it was read from: nothing is written in another way than there.
          expect(Buffer.from(signature.write())).toEqual(Buffer.from(packet));
          const { signatures } = await openpgp.verify({
            message: await openpgp.createMessage({ binary: octets }),
            signature,
            verificationKeys: await device.certificate.whole(),
            date: null as unknown as Date,
          });
          expect(await signatures[0]!.verified).toBe(true);
        },
      ),
      { numRuns: properties },
    );
  });
});
