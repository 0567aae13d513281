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
  type Membership,
} from '@aerie/protocol';
import { OctetReader } from '../crypto/octet-reader.js';
import { armorCertificate, wrapSessionKey } from '../crypto/openpgp.js';
import { NotTheServer, ServerUnreachable, explain, type Explanation } from '../errors.js';
import { requireSameMessage, requireSameOctets, type EarlierFile } from './export-earlier.js';
import type { ListedMedia, MediaSource, OpenedMedia } from './media.js';
import { repeatable } from './repeatable.js';
import { placesOf, type Named, type Place } from './restore-paths.js';
import type { VerifiedMedia } from './verified-media.js';

/** What is written for each file. */
const exportSuffixes = ['.pgp', '.manifest.json', '.manifest.json.sig', '.receipt.txt'];

/** So many media are kept from the listing, about 6 KB each; of a larger project the rest is asked for again, one by one. */
const heldMax = 20_000;

/** Where an export goes. Paths are relative, use `/`, and are safe on every file system. */
export interface ExportSink {
  /** @param modifiedAt what the file is to bear, where the sink can */
  write(path: string, content: AsyncIterable<Uint8Array>, modifiedAt?: Date): Promise<void>;
  /** Copies what it has; a sink without it is given the content again. */
  copy?(from: string, to: string, modifiedAt?: Date): Promise<void>;
  /** What an earlier export left under that path, or null. A sink without it always begins afresh. */
  earlier?(path: string): Promise<EarlierFile | null>;
}
export interface ExportedFile {
  readonly mediaId: string;
  /** Of the OpenPGP message; null where there is none. */
  readonly path: string | null;
  /** The same message once more, for each further name of the file. */
  readonly copies: readonly string[];
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
 * One OpenPGP message per original, under each of its names: the stored octets as they are, after a session key packet to the member. Beside it
 * the manifest, its detached signature and the receipt; in `certs/` the certificates, and in VERIFY.md what to type.
 * What an earlier export has left in the sink is checked and kept, so that one that was stopped can be gone on with.
 * @throws TrustError, ServerProblem; ServerUnreachable, NotTheServer and errors of the disk, which no further file would survive
 */
export async function* exportMedia(
  library: MediaSource,
  projectId: string,
  sink: ExportSink,
): AsyncGenerator<ExportedFile> {
  const membership = await library.local.membership();
  const { listed, places } = await listOnce(library, projectId);
  await exportCertificates(membership, sink);
  await writeOnce(sink, 'VERIFY.md', utf8(verifyText(membership, library.local.keyring.memberId)));
  for (const [mediaId, held] of listed) {
    const { listed: media, opened } = held ?? (await library.inspect(mediaId));
    if (opened) yield await exportOne(library, opened, sink, places.get(mediaId)!);
    else yield { ...notExported(mediaId, null), problem: media.problem };
  }
}

interface Listing {
  /** Null for those that are asked for again. */
  readonly listed: ReadonlyMap<string, ListedMedia | null>;
  readonly places: ReadonlyMap<string, readonly Place[]>;
}

/** All of them before the first is written: which folder a card gets depends on the other cards. */
async function listOnce(library: MediaSource, projectId: string): Promise<Listing> {
  const listed = new Map<string, ListedMedia | null>();
  const named = new Map<string, Named>();
  for await (const page of library.pages(projectId)) {
    for (const entry of page) {
      const { mediaId } = entry.listed;
      listed.set(mediaId, entry.opened && listed.size >= heldMax ? null : entry);
      if (entry.opened) named.set(mediaId, { meta: entry.opened.meta, aliases: entry.opened.aliases });
    }
  }
  return { listed, places: placesOf(named, { reserved: ['certs', 'opened', 'VERIFY.md'], suffixes: exportSuffixes }) };
}

const notExported = (mediaId: string, name: string | null) =>
  ({ mediaId, path: null, copies: [], name, bytes: 0, isKept: false }) as const;

async function exportOne(
  library: MediaSource,
  opened: OpenedMedia,
  sink: ExportSink,
  places: readonly Place[],
): Promise<ExportedFile> {
  const { media, meta } = opened;
  const { mediaId } = media.manifest;
  const original = media.blobs.get('original')!;
  try {
    const sessionKey = await opened.reader.sessionKey(media, original);
    const { memberKeys } = library.local;
    const pkesk = await wrapSessionKey(sessionKey, memberKeys.newest.certificate);
    const known = { original, sessionKey, memberKeys: memberKeys.all, pkeskBytes: pkesk.length };
    const bytes = pkesk.length + original.bytes;
    const fetch = () => message(pkesk, opened, original);
    const content = places.length > 1 && !sink.copy ? repeatable(bytes, fetch) : fetch;
    const [path, ...copies] = places.map((place) => `${place.path}.pgp`);
    let isKept = true;
    for (const { path: place, modifiedAt } of places) {
      const messagePath = `${place}.pgp`;
      const time = modifiedAt === null ? undefined : new Date(modifiedAt);
      const earlier = await sink.earlier?.(messagePath);
      if (earlier) await requireSameMessage(messagePath, earlier, known);
      else if (sink.copy && messagePath !== path) await sink.copy(path!, messagePath, time);
      else await sink.write(messagePath, content(), time);
      await exportProof(media, place, sink);
      isKept &&= Boolean(earlier);
    }
    return { mediaId, path: path!, copies, name: meta.name, bytes, isKept };
  } catch (error) {
    const problem = explain(error);
    if (fatalCodes.includes(problem.code) || error instanceof ServerUnreachable || error instanceof NotTheServer)
      throw error;
    return { ...notExported(mediaId, meta.name), problem };
  }
}

async function exportProof({ view }: VerifiedMedia, path: string, sink: ExportSink): Promise<void> {
  const { bytes, signature } = signedFromWire(view.manifest);
  await writeOnce(sink, `${path}.manifest.json`, bytes);
  await writeOnce(sink, `${path}.manifest.json.sig`, signature);
  await writeOnce(sink, `${path}.receipt.txt`, utf8(view.receipt));
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

async function exportCertificates(membership: Membership, sink: ExportSink): Promise<void> {
  await writeOnce(sink, 'certs/root.asc', utf8(await armorCertificate(membership.root)));
  for (const [memberId, { certificates }] of membership.members)
    for (const [i, { certificate }] of certificates.entries())
      // A file of its own for each, so that a later export goes on beside what an earlier one wrote.
      await writeOnce(
        sink,
        `certs/member-${memberId}${i > 0 ? `-${i + 1}` : ''}.asc`,
        utf8(await armorCertificate(certificate)),
      );
  for (const [deviceId, { certificate }] of membership.devices)
    await writeOnce(sink, `certs/device-${deviceId}.asc`, utf8(await armorCertificate(certificate)));
}

function verifyText(membership: Membership, memberId: string): string {
  return [
    `# How to open and check this export of ${membership.organization.name.replace(/[\p{C}`]/gu, ' ')}`,
    '',
    'Every `.pgp` file is one standard OpenPGP message (RFC 9580) to the key of the member who made this export.',
    'Any program for RFC 9580 opens it; the commands below are those of the Stateless OpenPGP interface, which rsop',
    'and sqop speak. GnuPG 2.2 and 2.4 do not read version 6 keys.',
    '',
    'Get the key once, with Aerie: `aerie key export --secret --out member.key`',
    `(its certificate is the newest of \`certs/member-${memberId}*.asc\`). Then, in this folder; the opened files go to \`opened\`,`,
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
    `    ${membership.organization.receiptKey.origin} ${membership.organization.receiptKey.publicKey}`,
    '',
    `The fingerprint of the organization's root is ${membership.root.fingerprint}: compare it with your recovery kit.`,
    '',
  ].join('\n');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
