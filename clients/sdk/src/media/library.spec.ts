import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  fromBase64,
  manifestDigest,
  parseRecord,
  printFrame,
  printReceipt,
  receiptText,
  signedFromWire,
  signedToWire,
  toBase64,
  type AliasRecord,
  type MediaManifest,
  type MediaView,
  type MembershipHead,
  type ProjectView,
  type Receipt,
  type Sealed,
} from '@aerie/protocol';
import { Organization, createdAt, type Machine } from '../../../../test/support/organization.js';
import { Http } from '../api/http.js';
import { signRecord } from '../crypto/openpgp.js';
import { LocalDevice } from '../identity/local-device.js';
import { Projects } from '../projects/projects.js';
import { sealBlob, sealMedia } from '../uploads/sealed-media.js';
import { MediaLibrary } from './library.js';

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

  constructor(readonly org: Organization) {}

  count = (word: string): number => this.asked.get(word) ?? 0;

  readonly fetch = (async (input: URL | string, init?: RequestInit) => {
    const { pathname, searchParams } = new URL(input);
    const words = pathname.split('/').slice(3);
    const word = words.findLast((one) => !/^[0-9a-f-]{36}$/.test(one))!;
    this.asked.set(word, this.count(word) + 1);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {};
    if (word === 'server') return Response.json(this.info);
    const known = this.org.answer(input);
    if (known) return Response.json(known);
    if (word === 'projects' && init?.method === 'POST') {
      await this.org.take(body.entries);
      const { projectId } = parseRecord('project', fromBase64(body.entries[0].bytes));
      const envelopes = [{ epoch: 1, sealed: body.envelopes[0].sealed }];
      this.project = { projectId, envelopes, bytesUsed: 0, bytesQuota: null, mediaCount: 0 };
    }
    if (word === 'projects') return Response.json(this.project);
    if (word === 'small-blobs') return new Response(this.frameOf(body.blobIds) as BodyInit);
    if (words[0] === 'media') return Response.json(this.media.find(({ mediaId }) => mediaId === words[1]));
    return Response.json(this.page(Number(searchParams.get('after') ?? 0), searchParams.get('order') === 'newest'));
  }) as typeof globalThis.fetch;

  private get info() {
    const { organizationId } = this.org;
    return { product: 'aerie', version: '1.0.0', time: createdAt, organizationId, receiptKey: wireReceiptKey };
  }

  /** That device at work, with nothing learned yet. */
  open(on: Machine = this.org.laptop, fetch = this.fetch): Promise<LocalDevice> {
    return LocalDevice.open(this.org.keyringOf(on), new Http('http://127.0.0.1:1', fetch));
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

/** The receipt for a media as its manifest says, but for what is changed. */
async function receiptOf(
  { mediaId, projectId, blobs, membership }: MediaManifest,
  bytes: Uint8Array,
  change: Partial<Receipt> = {},
): Promise<string> {
  const sum = blobs.reduce((total, blob) => total + blob.bytes, 0);
  const stated = { mediaId, projectId, manifest: await manifestDigest(bytes), bytes: sum, committedAt: createdAt };
  const receipt = { ...stated, membership: membership.size, ...change };
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
  async function store(name: string, by = local): Promise<MediaView> {
    const plain = randomBytes(100);
    const project = await new Projects(by).verified(projectId);
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
    const { commit, carried } = await sealMedia(file, original, mediaId, project, by);
    for (const { blobId, sealed } of carried) server.blobs.set(blobId, sealed);
    const bytes = fromBase64(commit.manifest.bytes);
    const view: MediaView = {
      ...{ mediaId, projectId, manifest: commit.manifest, renditions: [], aliases: [], pkesks: [...commit.pkesks] },
      receipt: await receiptOf(parseRecord('media-manifest', bytes), bytes),
      ...{ committedAt: createdAt, checkedAt: null, damagedAt: null, rendering: 'none', replacements: [] },
    };
    server.media.push(view);
    return view;
  }

  beforeAll(async () => {
    server = new Fake(await Organization.found(wireReceiptKey));
    local = await server.open();
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
    local = await server.open();
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
    const other = await server.open(server.org.laptop, fetch);
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

  it('asks for session, membership and project once, however many files are wanted at the same time', async () => {
    const library = open();
    await Promise.all([list(library), list(library), ...server.media.map(({ mediaId }) => library.read(mediaId))]);
    expect(['sessions', 'membership', 'projects'].map(server.count)).toEqual([1, 1, 1]);
  });

  describe('holds what was signed against the membership chain', () => {
    /** Signs the manifest of a media anew, and has the server receipt it. */
    async function resign(
      view: MediaView,
      { manifest: said, receipt }: { manifest?: Partial<MediaManifest>; receipt?: Partial<Receipt> },
    ): Promise<void> {
      const before = parseRecord('media-manifest', fromBase64(view.manifest.bytes));
      const manifest = { ...before, ...said };
      const signed = said
        ? await signRecord('media-manifest', manifest, local.deviceKey)
        : signedFromWire(view.manifest);
      view.manifest = signedToWire(signed);
      view.receipt = await receiptOf(manifest, signed.bytes, receipt);
    }
    /** Every way to a media says the same of it; the others are as they were. */
    async function judged(view: MediaView): Promise<string | undefined> {
      const listed = await list(open());
      const [one] = listed.filter(({ mediaId }) => mediaId === view.mediaId);
      const code = one!.problem?.code;
      expect(one!.verified).toBe(code === undefined);
      expect(listed.filter((media) => media !== one && !media.verified)).toEqual([]);
      const alone = open().verified(view.mediaId);
      await (code === undefined ? alone : expect(alone).rejects.toMatchObject({ code }));
      return code;
    }
    const elsewhere = (size: number): MembershipHead => ({ size, head: toBase64(randomBytes(32)) });
    const size = (): number => server.org.membership.size;

    it('tells of a manifest whose uploader was shown another history', async () => {
      const [, b] = server.media as [MediaView, MediaView];
      await resign(b, { manifest: { membership: server.org.membership.head } });
      expect(await judged(b)).toBeUndefined();
      for (const membership of [elsewhere(size()), elsewhere(1)]) {
        await resign(b, { manifest: { membership } });
        expect(await judged(b)).toBe('trust.fork');
      }
    });

    it('tells of manifests and receipts that name more entries than the server shows', async () => {
      const [, b, c] = server.media as [MediaView, MediaView, MediaView];
      await resign(b, { receipt: { membership: size() + 1 } });
      expect(await judged(b)).toBe('trust.rollback');
      await resign(b, { receipt: { membership: size() } });
      expect(await judged(b)).toBeUndefined();
      await resign(c, { manifest: { membership: elsewhere(size() + 1) } });
      expect(await judged(c)).toBe('trust.rollback');
    });

    it('refuses a receipt from before its manifest was signed', async () => {
      const [, b] = server.media as [MediaView, MediaView];
      const before = parseRecord('media-manifest', fromBase64(b.manifest.bytes)).membership.size;
      await resign(b, { receipt: { membership: before - 1 } });
      expect(await judged(b)).toBe('trust.receipt');
      await resign(b, { receipt: { membership: before } });
      expect(await judged(b)).toBeUndefined();
    });

    it('counts an uploader that was revoked after the receipt, and none that was revoked before', async () => {
      const { org } = server;
      const tablet = await org.addDevice(org.owner);
      const view = await store('by the tablet', await server.open(tablet));
      const certified = size();
      await org.append(org.revocationDraft(tablet, org.laptop));
      await org.addDevice(org.owner);
      expect(await judged(view)).toBeUndefined();
      // The date is no part of it: only the place is.
      for (const committedAt of [createdAt, '2019-01-01T00:00:00.000Z', '2039-01-01T00:00:00.000Z']) {
        await resign(view, { receipt: { membership: certified, committedAt } });
        expect(await judged(view)).toBeUndefined();
        for (const membership of [certified + 1, certified + 2]) {
          await resign(view, { receipt: { membership, committedAt } });
          expect(await judged(view)).toBe('trust.manifest');
        }
      }
    });

    it('counts no uploader that was certified after the receipt only', async () => {
      const { org } = server;
      const before = org.membership.head;
      const tablet = await org.addDevice(org.owner);
      const view = await store('by the tablet', await server.open(tablet));
      local = await server.open(tablet);
      await resign(view, { manifest: { membership: before } });
      expect(await judged(view)).toBe('trust.manifest');
      await resign(view, { manifest: { membership: before }, receipt: { membership: size() } });
      expect(await judged(view)).toBeUndefined();
    });

    it('counts an upload-only device in its own project, while its enrollment runs', async () => {
      const { org } = server;
      const until = '2026-02-01T00:00:00.000Z';
      const adds = (projects: string[]) => org.addDevice(org.owner, 'upload-only', { projects, expiresAt: until });
      const own = await store('by a controller', await server.open(await adds([projectId])));
      expect(await judged(own)).toBeUndefined();
      await resign(own, { receipt: { committedAt: '2026-01-31T23:59:59.999Z' } });
      expect(await judged(own)).toBeUndefined();
      await resign(own, { receipt: { committedAt: until } });
      expect(await judged(own)).toBe('trust.manifest');
      server.media.pop();
      const foreign = await store('by another controller', await server.open(await adds([crypto.randomUUID()])));
      expect(await judged(foreign)).toBe('trust.manifest');
    });

    it('leaves out a name that nobody signed, and tells of one whose signer was shown another history', async () => {
      const [, b] = server.media as [MediaView, MediaView];
      const alias = await aliasOf(b, local.deviceKey);
      b.aliases = [await alias({ membership: server.org.membership.head }), await alias({ mediaId: projectId })];
      expect(await judged(b)).toBeUndefined();
      expect((await open().verified(b.mediaId)).media.aliases).toHaveLength(1);
      b.aliases = [await alias({ membership: elsewhere(size()) })];
      expect(await judged(b)).toBe('trust.fork');
      b.aliases = [await alias({ membership: elsewhere(size() + 1) })];
      expect(await judged(b)).toBe('trust.rollback');
    });

    /** Signs further names for that media. */
    async function aliasOf(view: MediaView, key: LocalDevice['deviceKey']) {
      const manifest = fromBase64(view.manifest.bytes);
      const { organizationId, epoch, epochFp, membership } = parseRecord('media-manifest', manifest);
      const { epoch: recipient } = await new Projects(local).verified(projectId);
      const { stated } = await sealBlob('alias', randomBytes(10), view.mediaId, [recipient.certificate]);
      const record: AliasRecord = {
        ...{ v: 1, type: 'alias', organizationId, projectId, mediaId: view.mediaId },
        ...{ manifest: await manifestDigest(manifest), epoch, epochFp, blob: stated },
        ...{ createdAt, membership, signer: local.signer },
      };
      return async (change: Partial<AliasRecord>) =>
        signedToWire(await signRecord('alias', { ...record, ...change }, key));
    }
  });
});
