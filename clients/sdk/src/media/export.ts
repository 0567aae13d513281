import {
  ContainerError,
  equalBytes,
  fromBase64,
  merkleRoot,
  segmentCountFor,
  segmentDigest,
  segmentRange,
  signedFromWire,
  utf8,
  type ManifestBlob,
} from '@aerie/protocol';
import { OctetReader } from '../crypto/octet-reader.js';
import { armorCertificate, wrapSessionKey } from '../crypto/openpgp.js';
import { explain, type Explanation } from '../errors.js';
import type { Roster } from '../identity/roster.js';
import { uniqueName } from './export-names.js';
import type { MediaSource, OpenedMedia } from './media.js';

/** Where an export goes. Paths are relative, use `/`, and are safe on every file system. */
export interface ExportSink {
  write(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}
export interface ExportedFile {
  readonly mediaId: string;
  /** Of the OpenPGP message; null where there is none. */
  readonly path: string | null;
  readonly name: string | null;
  /** Of ciphertext. */
  readonly bytes: number;
  readonly problem?: Explanation;
}

/**
 * One OpenPGP message per original: the stored octets as they are, after a session key packet to the member. Beside it
 * the manifest, its detached signature and the receipt; in `certs/` the certificates, and in VERIFY.md what to type.
 */
export async function* exportMedia(
  library: MediaSource,
  projectId: string,
  sink: ExportSink,
): AsyncGenerator<ExportedFile> {
  const roster = await library.local.roster();
  const taken = new Set(['certs', 'verify.md']);
  await exportCertificates(roster, sink);
  for await (const page of library.pages(projectId)) {
    for (const { listed, opened } of page) {
      if (!opened) {
        yield { mediaId: listed.mediaId, path: null, name: null, bytes: 0, problem: listed.problem };
        continue;
      }
      const file = await exportOne(library, opened, sink, taken);
      yield file;
    }
  }
  await sink.write('VERIFY.md', once(utf8(verifyText(roster, library.local.keyring.memberId))));
}

async function exportOne(
  library: MediaSource,
  opened: OpenedMedia,
  sink: ExportSink,
  taken: Set<string>,
): Promise<ExportedFile> {
  const { media, meta } = opened;
  const { mediaId } = media.manifest;
  const original = media.blobs.get('original')!;
  const name = uniqueName(meta.name, taken);
  try {
    const sessionKey = await opened.reader.sessionKey(media, original);
    const pkesk = await wrapSessionKey(sessionKey, library.local.memberKey.certificate);
    const { bytes, signature } = signedFromWire(media.view.manifest);
    await sink.write(`${name}.pgp`, message(pkesk, opened, original));
    await sink.write(`${name}.manifest.json`, once(bytes));
    await sink.write(`${name}.manifest.json.sig`, once(signature));
    await sink.write(`${name}.receipt.txt`, once(utf8(media.view.receipt)));
    return { mediaId, path: `${name}.pgp`, name: meta.name, bytes: pkesk.length + original.bytes };
  } catch (error) {
    return { mediaId, path: null, name: meta.name, bytes: 0, problem: explain(error) };
  }
}

/** The session key packet and the sealed octets, which are checked against the signed root as they pass. */
async function* message(
  pkesk: Uint8Array,
  { media, reader }: OpenedMedia,
  original: ManifestBlob,
): AsyncGenerator<Uint8Array> {
  yield pkesk;
  const digests: Uint8Array[] = [];
  const octets = new OctetReader(reader.octets(media, original, 0, original.bytes));
  try {
    for (let index = 0; index < segmentCountFor(original.bytes); index++) {
      const { start, end } = segmentRange(index, original.bytes);
      const segment = await octets.take(end - start);
      digests.push(await segmentDigest(segment));
      yield segment;
    }
    await octets.expectEnd();
  } finally {
    await octets.close();
  }
  if (!equalBytes(await merkleRoot(digests), fromBase64(original.root))) throw new ContainerError('root');
}

async function exportCertificates(roster: Roster, sink: ExportSink): Promise<void> {
  await sink.write('certs/root.asc', once(utf8(armorCertificate(roster.root))));
  for (const [memberId, { certificate }] of roster.members)
    await sink.write(`certs/member-${memberId}.asc`, once(utf8(armorCertificate(certificate))));
  for (const [deviceId, { certificate }] of roster.devices)
    await sink.write(`certs/device-${deviceId}.asc`, once(utf8(armorCertificate(certificate))));
}

function verifyText(roster: Roster, memberId: string): string {
  return [
    `# How to open and check this export of ${roster.organization.name.replace(/[\p{C}`]/gu, ' ')}`,
    '',
    'Every `.pgp` file is one standard OpenPGP message (RFC 9580) to the key of the member who made this export.',
    'Any program for RFC 9580 opens it; the commands below are those of the Stateless OpenPGP interface, which rsop',
    'and sqop speak. GnuPG 2.2 and 2.4 do not read version 6 keys.',
    '',
    'Get the key once, with Aerie: `aerie key export --secret --out member.key`',
    `(its certificate is \`certs/member-${memberId}.asc\`). Then:`,
    '',
    '```sh',
    'for f in ./*.pgp; do rsop decrypt member.key < "$f" > "${f%.pgp}" || echo "NOT OPENED: $f"; done',
    'for m in ./*.manifest.json; do rsop verify "$m.sig" certs/device-*.asc < "$m" || echo "NOT GOOD: $m"; done',
    '```',
    '',
    'The manifest is what the uploading device signed: identifiers, sizes, and the hash tree of the sealed octets.',
    "A receipt is the server's own signed word (C2SP signed note, Ed25519) that it kept that manifest; its key is:",
    '',
    `    ${roster.organization.receiptKey.origin} ${roster.organization.receiptKey.publicKey}`,
    '',
    `The fingerprint of the organization's root is ${roster.root.fingerprint}: compare it with your recovery kit.`,
    '',
  ].join('\n');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
