import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Aerie, type Keyring } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import {
  Problem,
  asSealed,
  commonErrors,
  errorTable,
  fromBase64,
  parseRecord,
  routes,
  segmentBytes,
  sessionErrors,
  signedToWire,
  toBase64,
  type Commit,
  type MediaManifest,
  type RouteName,
  type Sealed,
  type SignedRecord,
} from '@aerie/protocol';
import { signRecord } from '../../clients/sdk/src/crypto/openpgp.js';
import { signEntries, type EntryDraft } from '../../clients/sdk/src/identity/append.js';
import { bundleFrame, commitFrame } from '../../clients/sdk/src/uploads/commit-frame.js';
import type { IngestItem } from '../../clients/sdk/src/uploads/ingest-item.js';
import { sealBlob, sealMedia, type SealedBlob, type SealedMedia } from '../../clients/sdk/src/uploads/sealed-media.js';
import type { Cli } from './cli.js';

/** What a server answered, whatever it was. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly octets: Buffer;
  /** The code of the problem, `ok` for a success, or why the answer is neither. */
  readonly code: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it at will
  readonly json: any;
}

export interface Request {
  readonly params?: Record<string, string | number>;
  readonly query?: string;
  /** Octets go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** In place of the device's own session; null sends none. */
  readonly token?: string | null;
}

/** Sends one request to a route of the table, with whatever it is given, and reads the answer with suspicion. */
export async function send(
  url: string,
  name: RouteName,
  { params = {}, query = '', body, headers, token }: Request,
): Promise<Answer> {
  const { method, path } = routes[name];
  const place = path.replace(/:(\w+)/g, (_, key: string) => String(params[key] ?? randomUUID()));
  const isOctets = body instanceof Uint8Array;
  const response = await fetch(`${url}${place}${query}`, {
    method,
    body:
      body === undefined
        ? undefined
        : isOctets
          ? (body as BodyInit)
          : typeof body === 'string'
            ? body
            : JSON.stringify(body),
    headers: {
      ...(body === undefined ? {} : { 'content-type': isOctets ? 'application/octet-stream' : 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
  });
  const answer = readAnswer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
  const listed: readonly string[] = ['ok', ...commonErrors, ...sessionErrors, ...routes[name].errors];
  return listed.includes(answer.code)
    ? answer
    : { ...answer, code: `${answer.code}, which the table does not list for ${name}` };
}

export function readAnswer(status: number, headers: Headers, octets: Buffer): Answer {
  const isJson = /json/.test(headers.get('content-type') ?? '');
  const json: unknown = isJson ? JSON.parse(octets.toString()) : undefined;
  return { status, headers, octets, json, code: status < 400 ? 'ok' : faultOf(status, headers, json) };
}

/** A refusal counts only if it is a problem of the table, with its status and a hint. */
function faultOf(status: number, headers: Headers, json: unknown): string {
  const problem = Problem.safeParse(json);
  if (!problem.success) return `status ${status} without a problem`;
  const { code, hint } = problem.data;
  if (headers.get('content-type')?.startsWith('application/problem+json') !== true)
    return `${code}, but not as application/problem+json`;
  if (problem.data.status !== status || errorTable[code].status !== status) return `${code}, but with status ${status}`;
  return hint === errorTable[code].hint ? code : `${code}, but without its hint`;
}

/** A device with its keys that speaks HTTP by itself, so that it can say what no honest client would. */
export class RawDevice {
  private constructor(
    readonly url: string,
    readonly aerie: Aerie,
  ) {}

  static async open(keyring: Keyring): Promise<RawDevice> {
    return new RawDevice(keyring.server, await Aerie.open(keyring));
  }

  static async of(cli: Cli): Promise<RawDevice> {
    return RawDevice.open(await readKeyringFile(`${cli.home}/keyring.pgp`, cli.passphrase));
  }

  token(): Promise<string> {
    return this.aerie.local.session.token();
  }

  async send(name: RouteName, request: Request = {}): Promise<Answer> {
    const token = request.token === undefined ? await this.token() : request.token;
    return send(this.url, name, { ...request, token });
  }

  /**
   * Seals a file as an honest client would, or, with `mediaId` and `original` of another, one that claims to be that.
   * The original's sealed octets are handed out beside the media.
   */
  async seal(projectId: string, plain: Uint8Array, options: SealOptions = {}): Promise<SealedFile> {
    const { inParts = false, name = 'note.txt', thumb, preview, mediaId = randomUUID() } = options;
    const project = await this.aerie.projects.verified(projectId, { fresh: true });
    const sha256 = createHash('sha256').update(plain).digest();
    const stated = options.original ?? (await sealBlob('original', plain, mediaId, [project.epoch.certificate]));
    const item: IngestItem = {
      path: name,
      name,
      folder: '',
      mime: 'text/plain',
      modifiedAt: null,
      resumeKey: null,
      source: {
        bytes: plain.length,
        read: async (from, to) => plain.subarray(from, to),
        sha256: async () => sha256,
        assertUnchanged: async () => {},
        close: async () => {},
      },
      captureFacts: async () => ({}),
      makePictures: async () => ({}),
    };
    const file = {
      item,
      batchId: randomUUID(),
      sha256,
      capture: {},
      pictures: { thumb, preview },
      contentToken: toBase64(randomBytes(32)),
      replaces: null,
    };
    const media = await sealMedia(
      file,
      inParts ? { ...stated, sealed: null } : stated,
      mediaId,
      project,
      this.aerie.local,
    );
    return { ...media, projectId, stated, original: stated.sealed!, originalId: stated.stated.blobId };
  }

  /** Signs another manifest over the same blobs, as this device. */
  async resign<T extends { commit: Commit }>(media: T, change: (manifest: MediaManifest) => MediaManifest): Promise<T> {
    const manifest = parseRecord('media-manifest', fromBase64(media.commit.manifest.bytes));
    const signed = await signRecord('media-manifest', change(manifest), this.aerie.local.deviceKey);
    return { ...media, commit: { ...media.commit, manifest: signedToWire(signed) } };
  }

  /** Signs what is said for the next places of the chain, as this device, or with another key. */
  async entries(said: readonly EntryDraft['said'][], key = this.aerie.local.deviceKey): Promise<SignedRecord[]> {
    const { head } = await this.aerie.local.membership({ fresh: true });
    const { organizationId } = this.aerie.keyring;
    const stated = { organizationId, createdAt: new Date().toISOString(), after: head };
    const signed = await signEntries(
      said.map((one) => ({ said: one, key })),
      stated,
    );
    return signed.map(signedToWire);
  }

  create({ mediaId, projectId, originalId, original }: SealedFile, request: Request = {}): Promise<Answer> {
    return this.send('createUpload', {
      params: { projectId, mediaId },
      body: { blobs: [{ blobId: originalId, role: 'original', bytes: original.length }] },
      ...request,
    });
  }

  putPart(
    file: SealedFile,
    partNumber: number,
    changes: { octets?: Uint8Array; digest?: string; params?: Request['params'] } = {},
  ): Promise<Answer> {
    const octets = changes.octets ?? partOf(file, partNumber);
    const digest = changes.digest ?? `sha-256=:${createHash('sha256').update(octets).digest('base64')}:`;
    const params = { mediaId: file.mediaId, blobId: file.originalId, partNumber, ...changes.params };
    return this.send('putPart', { params, body: octets, headers: { 'content-digest': digest } });
  }

  commit(file: SealedFile, request: Request = {}): Promise<Answer> {
    return this.send('commitUpload', { params: { mediaId: file.mediaId }, body: commitFrame(file), ...request });
  }

  bundle(projectId: string, files: readonly SealedMedia[], request: Request = {}): Promise<Answer> {
    return this.send('commitBundle', { params: { projectId }, body: bundleFrame(files), ...request });
  }
}

export interface SealOptions {
  readonly inParts?: boolean;
  readonly name?: string;
  readonly thumb?: Uint8Array;
  readonly preview?: Uint8Array;
  readonly mediaId?: string;
  readonly original?: SealedBlob;
}

export interface SealedFile extends SealedMedia {
  readonly stated: SealedBlob;
  readonly projectId: string;
  readonly original: Sealed;
  readonly originalId: string;
}

export const partOf = ({ original }: SealedFile, part: number): Sealed =>
  asSealed(original.subarray(part * segmentBytes, (part + 1) * segmentBytes));

export { bundleFrame, commitFrame };
