import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contextNotation, fromHex } from '@aerie/protocol';
import * as openpgp from 'openpgp';
import * as door from '../../clients/sdk/src/crypto/openpgp.js';
import { writePassphrasePacket } from '../../clients/sdk/src/crypto/passphrase-packet.js';
import type { KeyPair, Primitives } from '../../clients/sdk/src/crypto/primitives.port.js';
import { signOctets } from '../../clients/sdk/src/crypto/record-signature.js';
import { sealWhole } from '../../clients/sdk/src/crypto/seal.js';
import { writeSessionKeyPacket } from '../../clients/sdk/src/crypto/session-key-packet.js';
import { primitives as browser } from '../../clients/sdk/src/platform/browser/primitives.js';
import { primitives as native } from '../../clients/sdk/src/platform/node/primitives.js';
import { leaveOut } from '../support/left-out.js';

/** The packets that our own code writes, with what either implementation of the primitives computes, read by others. */
const programs = Object.entries({
  rsop: process.env.AERIE_RSOP ?? join(homedir(), '.cargo/bin/rsop'),
  gopenpgp: process.env.AERIE_GOPENPGP ?? 'test/interop/gopenpgp/gopenpgp',
}).filter(
  ([name, path]) => existsSync(path) || leaveOut(`packets that ${name}, an independent OpenPGP program, reads`),
);

const plain = new TextEncoder().encode('{"v":1,"type":"media-manifest"}');
const run = (program: string, args: string[], input: Uint8Array) => {
  const { status, stdout, stderr } = spawnSync(program, args, { input });
  return { status, stdout: stdout.toString(), said: status === 0 ? '' : stderr.toString() };
};

let folder: string;
let member: door.SecretKey;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aerie-packets-'));
  member = await door.generateSecretKey('Ada', 'encrypting');
  writeFileSync(join(folder, 'key.asc'), await door.lockSecretKey(member, null));
  writeFileSync(join(folder, 'cert.asc'), await door.armorCertificate(member.certificate));
  writeFileSync(join(folder, 'passphrase'), 'correct horse');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pairOf({ keyPacket }: openpgp.Key | openpgp.Subkey): KeyPair & { fingerprint: Uint8Array } {
  const { publicParams, privateParams } = keyPacket as unknown as {
    publicParams: { A: Uint8Array };
    privateParams: { seed?: Uint8Array; k?: Uint8Array };
  };
  const secret = (privateParams.seed ?? privateParams.k)!;
  return { secret, publicKey: publicParams.A, fingerprint: fromHex(keyPacket.getFingerprint()) };
}

describe.each<[string, Primitives]>([
  ['on Node', native],
  ['in a browser', browser],
])('What is written %s', (_, primitives) => {
  it('as a wrapped session key is opened by rsop and gopenpgp, and by neither with a bit flipped', async () => {
    const { sealed, sessionKey } = await sealWhole(plain);
    const recipient = pairOf(member.key.subkeys[0]!);
    const packet = await writeSessionKeyPacket(
      sessionKey,
      recipient,
      await primitives.sender(recipient.publicKey),
      primitives,
    );
    const message = Buffer.concat([packet, sealed]);
    const altered = Buffer.from(message);
    altered[packet.length - 1]! ^= 1;
    for (const [, program] of programs) {
      const args = ['decrypt', join(folder, 'key.asc')];
      expect(run(program, args, message)).toEqual({ status: 0, stdout: Buffer.from(plain).toString(), said: '' });
      expect(run(program, args, altered).status).not.toBe(0);
    }
  });

  it('as the signature of a record is verified by rsop and gopenpgp, and by neither with a bit flipped', async () => {
    const { fingerprint, ...pair } = pairOf(member.key);
    const signature = await signOctets(plain, await primitives.signer(pair), {
      created: Math.floor(Date.now() / 1000),
      issuer: fingerprint,
      notation: { name: contextNotation, value: 'media-manifest.v1' },
    });
    const altered = Uint8Array.from(signature);
    altered[altered.length - 1]! ^= 1;
    const files = [signature, altered].map((octets, i) => {
      const file = join(folder, `${i}.sig`);
      writeFileSync(file, octets);
      return file;
    });
    for (const [, program] of programs) {
      const verify = (file: string) => run(program, ['verify', file, join(folder, 'cert.asc')], plain);
      expect(verify(files[0]!)).toMatchObject({ status: 0, said: '' });
      expect(verify(files[1]!).status).not.toBe(0);
    }
  });

  it('as a message for a passphrase is opened by rsop', async () => {
    const { sealed, sessionKey } = await sealWhole(plain);
    const packet = await writePassphrasePacket(sessionKey, 'correct horse', primitives);
    const rsop = programs.find(([name]) => name === 'rsop')?.[1];
    if (!rsop) return;
    const args = ['decrypt', `--with-password=${join(folder, 'passphrase')}`];
    expect(run(rsop, args, Buffer.concat([packet, sealed]))).toMatchObject({ status: 0, said: '' });
  });
});
