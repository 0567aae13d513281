import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createMessage,
  decrypt,
  encryptSessionKey,
  enums,
  generateKey,
  type PrivateKey,
  readMessage,
  readPrivateKey,
  sign,
} from 'openpgp';
import { leaveOut } from '../support/left-out.js';
import { BlobSealer, type PlainSource } from '../../clients/sdk/src/crypto/seal.js';

/** What the SDK seals and signs, opened and verified by programs that share no code with it. */
const contextNotation = 'context@aerie.internal';
const firstFound = (...paths: (string | undefined)[]): string | undefined =>
  paths.find((path) => path && existsSync(path));
const onPath = (name: string): string[] => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name));
const rsop = firstFound(process.env.AERIE_RSOP, ...onPath('rsop'), join(homedir(), '.cargo/bin/rsop'));
const gopenpgp = firstFound(process.env.AERIE_GOPENPGP, fileURLToPath(new URL('gopenpgp/gopenpgp', import.meta.url)));

const MiB = 2 ** 20;
const chunk = 262_144;
/** As in production: partial lengths from 4 GiB on. */
const definite = 30;
/** Plaintext octets, and the exponent of the partial lengths: a small one gives a small object some. */
const cases: [plainBytes: number, partialExponent: number][] = [
  ...[0, 1, 13, 14, 15, 1_000, 65_536].map((bytes): [number, number] => [bytes, definite]),
  // The literal packet, then literal and padding head, end around the end of chunk 0 and of chunk 1.
  ...[-13, -12, -11, -19, -18, -17].map((shift): [number, number] => [chunk + shift, definite]),
  ...[-13, -12, -11, -18, -17].map((shift): [number, number] => [2 * chunk + shift, definite]),
  // One segment, and the first octets of a second one.
  ...[8 * MiB - 131_090, 8 * MiB - 18, 8 * MiB - 17].map((bytes): [number, number] => [bytes, definite]),
  [3_950, 10],
  [3_951, 10],
  [4_089, 10],
  [4_090, 10],
  [5 * 1_024 - 6, 10],
  [5 * 1_024 - 5, 10],
  [chunk + 1_000, 12],
  [MiB, 16],
];

let folder: string;
let secretKey: PrivateKey;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aerie-interop-'));
  const config = { v6Keys: true, aeadProtect: true };
  const made = await generateKey({ type: 'curve25519', userIDs: [{ name: 'Ada' }], config, format: 'armored' });
  secretKey = await readPrivateKey({ armoredKey: made.privateKey });
  writeFileSync(join(folder, 'key.asc'), made.privateKey);
  writeFileSync(join(folder, 'cert.asc'), made.publicKey);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One standard OpenPGP message: the wrapped session key, then the object as it is stored. */
async function messageOf(plain: Uint8Array, partialExponent: number): Promise<Uint8Array> {
  const sealer = await BlobSealer.fresh(plain.length, { partialExponent });
  const source: PlainSource = { bytes: plain.length, read: async (start, end) => plain.subarray(start, end) };
  const parts: Uint8Array[] = [];
  for (let part = 0; part < sealer.layout.partCount; part++) parts.push((await sealer.sealPart(part, source)).sealed);
  const pkesk = await encryptSessionKey({
    data: sealer.sessionKey,
    algorithm: 'aes256',
    aeadAlgorithm: 'gcm',
    encryptionKeys: secretKey.toPublic(),
    format: 'binary',
  });
  return new Uint8Array(Buffer.concat([pkesk, ...parts]));
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
function run(
  program: string,
  args: string[],
  input: Uint8Array,
): { status: number | null; stdout: Buffer; said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 64 * MiB });
  return { status, stdout, said: stderr.toString().trim() };
}
const opens = (program: string, plain: Uint8Array, message: Uint8Array): void => {
  const { status, stdout, said } = run(program, ['decrypt', join(folder, 'key.asc')], message);
  expect({ status, said: status === 0 ? '' : said }).toEqual({ status: 0, said: '' });
  expect(sha256(stdout)).toBe(sha256(plain));
};

for (const [name, path] of Object.entries({ rsop, gopenpgp }))
  if (!path) leaveOut(`containers that ${name}, an independent OpenPGP program, opens`);

describe('A sealed file is an ordinary OpenPGP message', () => {
  it.each(cases)(
    'of %i octets (partial lengths of 2^%i) that openpgp.js, rsop and gopenpgp open',
    async (bytes, exponent) => {
      const plain = new Uint8Array(randomBytes(bytes));
      const message = await messageOf(plain, exponent);
      const opened = await decrypt({
        message: await readMessage({ binaryMessage: message }),
        decryptionKeys: secretKey,
        format: 'binary',
      });
      expect(sha256(opened.data as Uint8Array)).toBe(sha256(plain));
      if (rsop) opens(rsop, plain, message);
      if (gopenpgp) opens(gopenpgp, plain, message);
    },
  );

  it('that all of them refuse once an octet is altered', async () => {
    const message = await messageOf(new Uint8Array(1_000), definite);
    message[message.length - 1]! ^= 1;
    const binaryMessage = readMessage({ binaryMessage: message });
    await expect(binaryMessage.then((read) => decrypt({ message: read, decryptionKeys: secretKey }))).rejects.toThrow();
    for (const program of [rsop, gopenpgp]) {
      if (program) expect(run(program, ['decrypt', join(folder, 'key.asc')], message).status).not.toBe(0);
    }
  });
});

describe('A detached signature with a context notation', () => {
  const data = new TextEncoder().encode('{"v":1,"type":"media-manifest"}');
  async function signed(critical: boolean): Promise<string> {
    const signature = await sign({
      message: await createMessage({ binary: data }),
      signingKeys: secretKey,
      detached: true,
      format: 'binary',
      signatureNotations: [
        { name: contextNotation, value: new TextEncoder().encode('media-manifest.v1'), humanReadable: true, critical },
      ],
      config: { preferredHashAlgorithm: enums.hash.sha512 },
    });
    const file = join(folder, `signature-${critical}.sig`);
    writeFileSync(file, signature as Uint8Array);
    return file;
  }

  it('that is not critical verifies everywhere, known or not', async () => {
    const file = await signed(false);
    const cert = join(folder, 'cert.asc');
    for (const program of [rsop, gopenpgp])
      if (program) expect(run(program, ['verify', file, cert], data)).toMatchObject({ status: 0 });
  });

  it('that is critical verifies only where the program is told to know it, which rsop and gopenpgp cannot be', async () => {
    const file = await signed(true);
    const cert = join(folder, 'cert.asc');
    for (const program of [rsop, gopenpgp])
      if (program) expect(run(program, ['verify', file, cert], data).status).not.toBe(0);
    if (gopenpgp) {
      const told = run(gopenpgp, ['verify', '-known-notation', contextNotation, file, cert], data);
      expect(told).toMatchObject({ status: 0, said: '' });
    }
  });

  it('does not verify over other data', async () => {
    const other = new TextEncoder().encode('{"v":1,"type":"media-manifesto"}');
    const file = await signed(false);
    for (const program of [rsop, gopenpgp]) {
      if (program) expect(run(program, ['verify', file, join(folder, 'cert.asc')], other).status).not.toBe(0);
    }
  });
});
