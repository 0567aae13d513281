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
import { NotTheServer, ServerUnreachable, explain, type Explanation } from '../errors.js';
import type { Roster } from '../identity/roster.js';
import { requireSameMessage, requireSameOctets, type EarlierFile } from './export-earlier.js';
import type { MediaSource, OpenedMedia } from './media.js';
import { restorePaths, type Restorable } from './restore-paths.js';

/** What is written for each file. */
const exportSuffixes = ['.pgp', '.manifest.json', '.manifest.json.sig', '.receipt.txt'];

/** Where an export goes. Paths are relative, use `/`, and are safe on every file system. */
export interface ExportSink {
  /** @param modifiedAt what the file is to bear, where the sink can */
  write(path: string, content: AsyncIterable<Uint8Array>, modifiedAt?: Date): Promise<void>;
  /** What an earlier export left under that path, or null. A sink without it always begins afresh. */
  earlier?(path: string): Promise<EarlierFile | null>;
}
export interface ExportedFile {
  readonly mediaId: string;
  /** Of the OpenPGP message; null where there is none. */
  readonly path: string | null;
  readonly name: string | null;
  /** Of ciphertext. */
  readonly bytes: number;
  /** An earlier export had written it, and it was checked; nothing was fetched. */
  readonly isKept: boolean;
  readonly problem?: Explanation;
}

/** Errors that every further file would meet as well. */
const fatalCodes = ['disk.full', 'disk.read_only', 'disk.failed', 'file.denied'];

/**
 * One OpenPGP message per original: the stored octets as they are, after a session key packet to the member. Beside it
 * the manifest, its detached signature and the receipt; in `certs/` the certificates, and in VERIFY.md what to type.
 * What an earlier export has left in the sink is checked and kept, so that one that was stopped can be gone on with.
 * @throws TrustError, ServerProblem; ServerUnreachable, NotTheServer and errors of the disk, which no further file would survive
 */
export async function* exportMedia(
  library: MediaSource,
  projectId: string,
  sink: ExportSink,
): AsyncGenerator<ExportedFile> {
  const roster = await library.local.roster();
  const paths = await exportPaths(library, projectId);
  await exportCertificates(roster, sink);
  await writeOnce(sink, 'VERIFY.md', utf8(verifyText(roster, library.local.keyring.memberId)));
  for await (const page of library.pages(projectId)) {
    for (const { listed, opened } of page) {
      if (!opened) {
        yield { mediaId: listed.mediaId, path: null, name: null, bytes: 0, isKept: false, problem: listed.problem };
        continue;
      }
      yield await exportOne(library, opened, sink, paths.get(listed.mediaId) ?? listed.mediaId);
    }
  }
}

/** All of them first: which folder a card gets depends on the other cards. What is added meanwhile goes by its id. */
async function exportPaths(library: MediaSource, projectId: string): Promise<Map<string, string>> {
  const files: Restorable[] = [];
  for await (const page of library.pages(projectId))
    for (const { listed, opened } of page) if (opened) files.push({ ...opened.meta, mediaId: listed.mediaId });
  return restorePaths(files, { reserved: ['certs', 'opened', 'VERIFY.md'], suffixes: exportSuffixes });
}

async function exportOne(
  library: MediaSource,
  opened: OpenedMedia,
  sink: ExportSink,
  path: string,
): Promise<ExportedFile> {
  const { media, meta } = opened;
  const { mediaId } = media.manifest;
  const original = media.blobs.get('original')!;
  try {
    const sessionKey = await opened.reader.sessionKey(media, original);
    const { memberKey } = library.local;
    const pkesk = await wrapSessionKey(sessionKey, memberKey.certificate);
    const messagePath = `${path}.pgp`;
    const earlier = await sink.earlier?.(messagePath);
    const modifiedAt = meta.modifiedAt === null ? undefined : new Date(meta.modifiedAt);
    const known = { original, sessionKey, memberKey, pkeskBytes: pkesk.length };
    if (earlier) await requireSameMessage(messagePath, earlier, known);
    else await sink.write(messagePath, message(pkesk, opened, original), modifiedAt);
    const { bytes, signature } = signedFromWire(media.view.manifest);
    await writeOnce(sink, `${path}.manifest.json`, bytes);
    await writeOnce(sink, `${path}.manifest.json.sig`, signature);
    await writeOnce(sink, `${path}.receipt.txt`, utf8(media.view.receipt));
    const written = { mediaId, path: messagePath, name: meta.name, bytes: pkesk.length + original.bytes };
    return { ...written, isKept: Boolean(earlier) };
  } catch (error) {
    const problem = explain(error);
    if (fatalCodes.includes(problem.code) || error instanceof ServerUnreachable || error instanceof NotTheServer)
      throw error;
    return { mediaId, path: null, name: meta.name, bytes: 0, isKept: false, problem };
  }
}

/** Writes a small file, unless the very same is there. @throws Refusal `export.differs` */
async function writeOnce(sink: ExportSink, path: string, content: Uint8Array): Promise<void> {
  const earlier = await sink.earlier?.(path);
  if (earlier) await requireSameOctets(path, earlier, content);
  else await sink.write(path, once(content));
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
  await writeOnce(sink, 'certs/root.asc', utf8(armorCertificate(roster.root)));
  for (const [memberId, { certificate }] of roster.members)
    await writeOnce(sink, `certs/member-${memberId}.asc`, utf8(armorCertificate(certificate)));
  for (const [deviceId, { certificate }] of roster.devices)
    await writeOnce(sink, `certs/device-${deviceId}.asc`, utf8(armorCertificate(certificate)));
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
    `(its certificate is \`certs/member-${memberId}.asc\`). Then, in this folder; the opened files go to \`opened\`,`,
    'so that a file whose own name is `x.pgp` or `x.manifest.json` takes the place of nothing here:',
    '',
    '```sh',
    "find . -name '*.pgp' -not -path './opened/*' | while read -r f; do",
    '  o="opened/${f%.pgp}"; mkdir -p "$(dirname "$o")"',
    '  rsop decrypt member.key < "$f" > "$o" && touch -r "$f" "$o" || echo "NOT OPENED: $f"',
    'done',
    "find . -name '*.manifest.json' -not -path './opened/*' | while read -r m; do",
    '  rsop verify "$m.sig" certs/device-*.asc < "$m" || echo "NOT GOOD: $m"',
    'done',
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
