import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  fromBase64,
  manifestDigest,
  parseRecord,
  printFrame,
  printReceipt,
  receiptText,
  signedToWire,
  toBase64,
  type MediaManifest,
  type MediaView,
  type ProjectView,
  type Roster as RosterView,
  type Sealed,
} from '@aerie/protocol';
import { Http } from '../api/http.js';
import { generateSecretKey, signRecord, writeSecretKey } from '../crypto/openpgp.js';
import { fullDevice } from '../identity/device-records.js';
import { introduce } from '../identity/introduce.js';
import { newKeyring, type Keyring } from '../identity/keyring.js';
import { LocalDevice } from '../identity/local-device.js';
import { Projects } from '../projects/projects.js';
import { sealBlob, sealMedia } from '../uploads/sealed-media.js';
import { MediaLibrary } from './library.js';

const createdAt = '2026-01-01T00:00:00.000Z';
const expiresAt = '2036-01-01T00:00:00.000Z';
const origin = 'aerie.internal/test';
const receiptPair = generateKeyPairSync('ed25519');
const receiptKey = {
  origin,
  publicKey: new Uint8Array(Buffer.from(receiptPair.publicKey.export({ format: 'jwk' }).x!, 'base64url')),
};

/** What a server has: everything in it was signed by an honest device, unless a test alters it. */
class Fake {
  readonly media: MediaView[] = [];
  readonly blobs = new Map<string, Sealed>();
  /** Requests by the last word of their path. */
  readonly asked = new Map<string, number>();
  project!: ProjectView;
  /** In place of the place where a page ends. */
  nextAfter: ((place: number) => string | null) | null = null;
  readonly pageMedia = 2;

  constructor(
    readonly roster: RosterView,
    readonly keyring: Keyring,
  ) {}

  count = (word: string): number => this.asked.get(word) ?? 0;

  readonly fetch = (async (input: URL | string, init?: RequestInit) => {
    const { pathname, searchParams } = new URL(input);
    const words = pathname.split('/').slice(3);
    const word = words.findLast((one) => !/^[0-9a-f-]{36}$/.test(one))!;
    this.asked.set(word, this.count(word) + 1);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {};
    if (word === 'server') return Response.json(this.info);
    if (word === 'challenges')
      return Response.json({ challenge: toBase64(new Uint8Array(32)), organizationId: this.organizationId, expiresAt });
    if (word === 'sessions')
      return Response.json({ token: 'token', deviceId: this.keyring.deviceId, expiresAt }, { status: 201 });
    if (word === 'organization') return Response.json(this.roster);
    if (word === 'projects' && init?.method === 'POST') {
      const { projectId } = parseRecord('project', fromBase64(body.record.bytes));
      const made = { record: body.record, epochs: [body.epoch], envelopes: body.envelopes };
      this.project = { projectId, ...made, bytesUsed: 0, bytesQuota: null, mediaCount: 0 };
    }
    if (word === 'projects') return Response.json(this.project);
    if (word === 'small-blobs') return new Response(this.frameOf(body.blobIds) as BodyInit);
    if (words[0] === 'media') return Response.json(this.media.find(({ mediaId }) => mediaId === words[1]));
    return Response.json(this.page(Number(searchParams.get('after') ?? 0), searchParams.get('order') === 'newest'));
  }) as typeof globalThis.fetch;

  private get info() {
    const { organizationId } = this;
    return { product: 'aerie', version: '1.0.0', time: createdAt, organizationId, receiptKey: wireReceiptKey };
  }

  get organizationId(): string {
    return this.keyring.organizationId;
  }

  private page(after: number, isNewest: boolean): { media: MediaView[]; next: string | null } {
    const all = isNewest ? this.media.toReversed() : this.media;
    const from = isNewest && after > 0 ? this.media.length - after + 1 : after;
    const end = from + this.pageMedia;
    const place = isNewest ? this.media.length - end + 1 : end;
    const next = end < all.length ? (this.nextAfter?.(place) ?? String(place)) : null;
    return { media: all.slice(from, end), next };
  }

  private frameOf(blobIds: string[]): Sealed {
    const found = blobIds.filter((blobId) => this.blobs.has(blobId));
    const bodies = found.map((blobId) => this.blobs.get(blobId)!);
    return printFrame({ blobs: found.map((blobId, i) => ({ blobId, bytes: bodies[i]!.length })) }, bodies) as Sealed;
  }
}
const wireReceiptKey = { origin, publicKey: toBase64(receiptKey.publicKey) };

/** An organization of one owner with one device. */
async function found(): Promise<Fake> {
  const [organizationId, memberId, deviceId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const root = await generateSecretKey('root', 'signing');
  const member = await generateSecretKey('member', 'encrypting');
  const device = await generateSecretKey('device', 'encrypting');
  const rootFp = root.certificate.fingerprint;
  const common = { v: 1, organizationId, createdAt } as const;
  const organization = { ...common, type: 'organization', name: 'Org', rootFp, receiptKey: wireReceiptKey } as const;
  const certificateFp = member.certificate.fingerprint;
  const owner = { ...common, type: 'member', memberId, name: 'Ada', role: 'owner', certificateFp } as const;
  const stated = { organizationId, memberId, deviceId, label: 'laptop', createdAt };
  const record = fullDevice({ ...stated, certificateFp: device.certificate.fingerprint });
  const roster = {
    organization: await introduce('organization', organization, root, root),
    members: [await introduce('member', owner, member, root)],
    devices: [await introduce('device', record, device, member)],
    revocations: [],
  };
  const keyring = newKeyring({
    server: 'http://127.0.0.1:1',
    ...{ organizationId, rootFp, memberId, deviceId, kind: 'full' },
    deviceSecretKey: toBase64(writeSecretKey(device)),
    memberSecretKey: toBase64(writeSecretKey(member)),
  });
  return new Fake(roster, keyring);
}

async function receiptOf({ mediaId, projectId, blobs }: MediaManifest, bytes: Uint8Array): Promise<string> {
  const sum = blobs.reduce((total, blob) => total + blob.bytes, 0);
  const receipt = { mediaId, projectId, manifest: await manifestDigest(bytes), bytes: sum, committedAt: createdAt };
  return printReceipt(
    receiptKey,
    receipt,
    sign(null, Buffer.from(receiptText(origin, receipt)), receiptPair.privateKey),
  );
}

describe('The library', () => {
  let server: Fake;
  let local: LocalDevice;
  let projectId: string;
  let whole: { media: MediaView[]; blobs: [string, Sealed][] };

  /** Stores a file as an honest device would. */
  async function store(name: string): Promise<void> {
    const plain = randomBytes(100);
    const project = await new Projects(local).verified(projectId);
    const mediaId = crypto.randomUUID();
    const original = await sealBlob('original', plain, mediaId, [project.epoch.certificate]);
    const source = { bytes: plain.length, read: async () => plain, sha256: async () => plain };
    const none = { assertUnchanged: async () => {}, close: async () => {} };
    const item = {
      ...{ path: name, name, folder: '', mime: 'text/plain', modifiedAt: null, resumeKey: null },
      source: { ...source, ...none },
      captureFacts: async () => ({}),
      makePictures: async () => ({}),
    };
    const sha256 = createHash('sha256').update(plain).digest();
    const rest = { capture: {}, contentToken: null, replaces: null };
    const file = { item, batchId: crypto.randomUUID(), sha256, pictures: { thumb: randomBytes(50) }, ...rest };
    const { commit, carried } = await sealMedia(file, original, mediaId, project, local);
    for (const { blobId, sealed } of carried) server.blobs.set(blobId, sealed);
    const bytes = fromBase64(commit.manifest.bytes);
    server.media.push({
      ...{ mediaId, projectId, manifest: commit.manifest, renditions: [], aliases: [], pkesks: [...commit.pkesks] },
      receipt: await receiptOf(parseRecord('media-manifest', bytes), bytes),
      ...{ committedAt: createdAt, checkedAt: null, damagedAt: null, rendering: 'none', replacements: [] },
    });
  }

  beforeAll(async () => {
    server = await found();
    local = await LocalDevice.open(server.keyring, new Http(server.keyring.server, server.fetch));
    ({ projectId } = await new Projects(local).create('Harbor'));
    for (const name of ['a', 'b', 'c', 'd', 'e']) await store(name);
    whole = structuredClone({ media: server.media, blobs: [...server.blobs] });
  });

  beforeEach(async () => {
    const { media, blobs } = structuredClone(whole);
    server.media.splice(0, Infinity, ...media);
    server.blobs.clear();
    for (const [blobId, sealed] of blobs) server.blobs.set(blobId, sealed);
    server.nextAfter = null;
    local = await LocalDevice.open(structuredClone(server.keyring), new Http(server.keyring.server, server.fetch));
    server.asked.clear();
  });

  const open = (rememberedMax?: { media: number; thumbs: number }) =>
    new MediaLibrary(local, new Projects(local), rememberedMax);
  const list = async (library: MediaLibrary) => {
    const found = [];
    for await (const media of library.list(projectId)) found.push(media);
    return found;
  };

  it('lists a project page by page, from either end', async () => {
    expect((await list(open())).map(({ name }) => name)).toEqual([...'abcde']);
    expect(server.count('media')).toBe(3);
    const names: (string | null)[] = [];
    for await (const page of open().pages(projectId, { order: 'newest' }))
      names.push(...page.map(({ listed }) => listed.name));
    expect(names).toEqual([...'edcba']);
  });

  it.each([
    ['stands still', (place: number) => String(place - 2 || 2)],
    ['goes back', () => '1'],
  ])('ends a listing that %s, so that no server can make it endless', async (_, nextAfter) => {
    server.nextAfter = nextAfter;
    await expect(list(open())).rejects.toMatchObject({ code: 'trust.manifest' });
    expect(server.count('media')).toBeLessThanOrEqual(3);
  });

  it('lists what does not verify with its problem and unopened, and the others beside it', async () => {
    const [a, b, c, d, e] = server.media as [MediaView, MediaView, MediaView, MediaView, MediaView];
    const manifest = parseRecord('media-manifest', fromBase64(b.manifest.bytes));
    // Signed by a device of this organization, but not as it was received.
    b.manifest = signedToWire(
      await signRecord('media-manifest', { ...manifest, createdAt: '2026-02-02T00:00:00.000Z' }, local.deviceKey),
    );
    c.receipt = a.receipt;
    d.pkesks = [];
    const meta = parseRecord('media-manifest', fromBase64(e.manifest.bytes)).blobs.find(({ role }) => role === 'meta')!;
    server.blobs.get(meta.blobId)![60]! ^= 1;
    const listed = await list(open());
    expect(listed.map(({ name, verified, problem }) => [name, verified, problem?.code.split('.')[0]])).toEqual([
      ['a', true, undefined],
      [null, false, 'trust'],
      [null, false, 'trust'],
      [null, false, 'trust'],
      [null, false, expect.stringMatching(/^(trust|container)$/)],
    ]);
    for (const media of listed.slice(1))
      expect([media.path, media.sha256, media.uploader, media.previews]).toEqual([null, null, null, []]);
  });

  it('remembers nothing of what does not verify', async () => {
    const [a, b] = server.media as [MediaView, MediaView];
    const sound = b.receipt;
    b.receipt = a.receipt;
    const library = open();
    await list(library);
    await expect(library.verified(b.mediaId)).rejects.toMatchObject({ code: 'trust.receipt' });
    b.receipt = sound;
    expect((await library.verified(b.mediaId)).media.manifest.mediaId).toBe(b.mediaId);
  });

  it('refuses another media than the one that was asked for', async () => {
    const [a, b] = server.media as [MediaView, MediaView];
    const asked = a.mediaId;
    server.media[0] = { ...b };
    const fetch = (async (input: URL | string, init?: RequestInit) =>
      server.fetch(String(input).replace(asked, b.mediaId), init)) as typeof globalThis.fetch;
    const other = await LocalDevice.open(structuredClone(server.keyring), new Http(server.keyring.server, fetch));
    const library = new MediaLibrary(other, new Projects(other));
    await expect(library.verified(asked)).rejects.toMatchObject({ code: 'trust.manifest' });
    await expect(library.inspect(asked)).rejects.toMatchObject({ code: 'trust.manifest' });
  });

  it('asks for no media again that it has just listed, and for at most so many more than it may remember', async () => {
    const ids = server.media.map(({ mediaId }) => mediaId);
    const asksFor = async (library: MediaLibrary): Promise<number> => {
      await list(library);
      server.asked.clear();
      for (const mediaId of ids.toReversed()) await library.verified(mediaId);
      return server.count('media');
    };
    expect(await asksFor(open())).toBe(0);
    expect(await asksFor(open({ media: 2, thumbs: 100 }))).toBe(3);
    expect(await asksFor(open({ media: 1, thumbs: 100 }))).toBe(4);
  });

  it('keeps what opens a thumbnail for longer than the rest, and within a bound of its own', async () => {
    const library = open({ media: 1, thumbs: 3 });
    await list(library);
    server.asked.clear();
    const ids = server.media.map(({ mediaId }) => mediaId);
    for (const mediaId of ids.slice(-3)) {
      const holder = await library.thumbHolder(mediaId);
      expect(holder.blobs.get('thumb')!.role).toBe('thumb');
    }
    expect(server.count('media')).toBe(0);
    await library.thumbHolder(ids[0]!);
    expect(server.count('media')).toBe(1);
  });

  it('asks again for what it was told to forget', async () => {
    const library = open();
    await list(library);
    server.asked.clear();
    const { mediaId } = server.media[0]!;
    library.forget(mediaId);
    await library.thumbHolder(mediaId);
    await library.verified(mediaId);
    expect(server.count('media')).toBe(1);
  });

  it('asks for session, roster and project once, however many files are wanted at the same time', async () => {
    const library = open();
    await Promise.all([list(library), list(library), ...server.media.map(({ mediaId }) => library.read(mediaId))]);
    expect(['sessions', 'organization', 'projects'].map(server.count)).toEqual([1, 1, 1]);
  });
});
