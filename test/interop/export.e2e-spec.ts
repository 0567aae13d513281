import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leaveOut } from '../support/left-out.js';
import { foundBy, type Owner } from '../support/people.js';
import { type RunningServer, startServer } from '../support/server.js';

const chunk = 262_144;
const segment = 32 * (chunk + 16);
/** Around the chunk boundaries that the literal packet's 12 octets shift, the padding's steps, and one and two segments. */
const sizes = [
  0,
  1,
  11,
  12,
  13,
  191,
  192,
  8_383,
  8_384,
  65_535,
  65_536,
  chunk - 13,
  chunk - 12,
  chunk - 11,
  chunk,
  chunk + 1,
  2 * chunk - 12,
  3 * chunk,
  segment - 5_000,
  segment,
  segment + 1,
  2 * segment + 7,
];
const programs = {
  rsop: process.env.AERIE_RSOP ?? join(homedir(), '.cargo/bin/rsop'),
  gopenpgp: process.env.AERIE_GOPENPGP ?? 'test/interop/gopenpgp/gopenpgp',
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('Files exported for somebody without Aerie', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;
  const digests = new Map<string, string>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-export-'));
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Survey');
    for (const bytes of sizes) {
      const content = randomBytes(bytes);
      digests.set(`flight-${bytes}.bin`, sha256(content));
      writeFileSync(join(folder, `flight-${bytes}.bin`), content);
    }
    await ada.must('ingest', ...[...digests.keys()].map((name) => join(folder, name)), '--project', 'Survey');
    await ada.must('key', 'export', '--secret', '--out', join(folder, 'member.key'));
    await ada.must('export', '--project', 'Survey', '--to', join(folder, 'out'));
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** A shell would give the files one by one, so they are in the folder that holds them. */
  const out = (name: string): string => join(folder, 'out', basename(folder), name);
  const certs = (): string => join(folder, 'out', 'certs');
  const certificates = (): string[] =>
    readdirSync(certs())
      .filter((name) => name.startsWith('device-'))
      .map((name) => join(certs(), name));

  it('are all there, with sizes around every boundary', () => {
    expect(readdirSync(out('')).filter((name) => name.endsWith('.pgp'))).toHaveLength(sizes.length);
  });

  for (const [name, program] of Object.entries(programs)) {
    if (!existsSync(program)) {
      leaveOut(`exports that ${name}, an independent OpenPGP program, opens`);
      continue;
    }
    const decrypt = (file: string): Buffer =>
      execFileSync(program, ['decrypt', join(folder, 'member.key')], {
        input: readFileSync(file),
        maxBuffer: 64 * 2 ** 20,
      });
    const verify = (manifest: Buffer, signature: string): Buffer =>
      execFileSync(program, ['verify', signature, ...certificates()], {
        input: manifest,
        stdio: ['pipe', 'pipe', 'ignore'],
      });

    it(`are decrypted byte for byte by ${name}`, () => {
      for (const [file, digest] of digests) expect([file, sha256(decrypt(out(`${file}.pgp`)))]).toEqual([file, digest]);
    }, 120_000);

    it(`carry manifests that ${name} verifies, and refuses when one octet is changed`, () => {
      for (const file of digests.keys())
        verify(readFileSync(out(`${file}.manifest.json`)), out(`${file}.manifest.json.sig`));
      const altered = readFileSync(out('flight-1.bin.manifest.json'));
      altered[20]! ^= 1;
      expect(() => verify(altered, out('flight-1.bin.manifest.json.sig'))).toThrow();
    }, 120_000);
  }
});
