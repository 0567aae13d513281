import {
  Membership,
  canonicalJson,
  fromBase64,
  fromUtf8,
  sha256,
  signedFromWire,
  toBase64,
  type BodyOf,
  type MembershipPage,
  type routes,
} from '@aerie/protocol';
import { Organization, recordIn } from '../../../../test/support/organization.js';
import { Aerie } from '../aerie.js';
import { generateSecretKey, openWithPassphrase, sealWithPassphrase, writeSecretKey } from '../crypto/openpgp.js';
import { accountKeyText, parseRecoveryKit } from '../crypto/recovery-kit.js';
import { Founding, beginFounding, finishFounding, sendFounding, wasRefused } from './founding.js';

type Request = BodyOf<typeof routes.foundOrganization>;

/** Answers as a new server does while it is being set up. */
class NewServer {
  founded: Request | undefined;
  /** What it shows to the kit in place of what was founded. */
  shown: { memberId?: string; sealedBackup?: string; membership?: MembershipPage } = {};
  readonly calls: string[] = [];

  readonly fetch = (async (url: URL | string, init: RequestInit = {}) => {
    const { pathname } = new URL(url);
    this.calls.push(pathname);
    return this.#answer(pathname, init.body as string | undefined);
  }) as typeof globalThis.fetch;

  async #answer(pathname: string, text?: string): Promise<Response> {
    const body = text ? (JSON.parse(text) as Record<string, string>) : {};
    const receiptKey = { origin: 'aerie.internal/test', publicKey: toBase64(new Uint8Array(32)) };
    const time = '2026-05-01T00:00:00.000Z';
    if (pathname.endsWith('/server'))
      return Response.json({ product: 'aerie', version: '0', organizationId: null, receiptKey, time });
    if (pathname.endsWith('/organization')) {
      if (this.founded) return problem('setup.already_done', 409);
      if (body.setupToken !== 'right') return problem('setup.token_invalid', 403);
      this.founded = body as unknown as Request;
      return Response.json({ organizationId: crypto.randomUUID() }, { status: 201 });
    }
    const digest = toBase64(await sha256(fromBase64(body.recoveryToken!)));
    if (digest !== this.founded?.recoveryTokenDigest) return problem('recovery.unknown', 404);
    const { entries, sealedBackup } = this.founded;
    const { memberId } = recordIn(entries[1]!);
    const membership = { size: entries.length, entries };
    return Response.json({ memberId, sealedBackup, backups: [], membership, ...this.shown });
  }
}

const problem = (code: string, status: number): Response =>
  Response.json(
    { code, status, title: code, hint: code, type: 'about:blank', requestId: crypto.randomUUID() },
    { status },
  );

const server = 'http://127.0.0.1:1';
const names = { server, organization: 'Harbour', memberName: 'Ada', deviceLabel: 'laptop' };

describe('Founding an organization', () => {
  it('sends nothing before everything is made, and only what is made', async () => {
    const there = new NewServer();
    const founding = Founding.parse(JSON.parse(JSON.stringify(await beginFounding({ ...names, fetch: there.fetch }))));
    expect(there.calls).toEqual(['/api/v1/server']);
    await sendFounding(founding, { server, setupToken: 'right', fetch: there.fetch });
    const keyring = await finishFounding(founding, { server, fetch: there.fetch });
    await expect(Aerie.open(keyring)).resolves.toBeDefined();
  });

  it('is the beginning of a chain: its root, its owner and the device at work', async () => {
    const there = new NewServer();
    const { keyring, request } = await beginFounding({ ...names, fetch: there.fetch });
    const [first, ...others] = request.entries.map(signedFromWire);
    const chain = await (await Membership.found(first!, keyring.rootFp)).with(others);
    expect(chain.organization).toMatchObject({ organizationId: keyring.organizationId, name: 'Harbour' });
    expect(chain.organization.createdAt).toBe('2026-05-01T00:00:00.000Z');
    expect(chain.receiptKey.origin).toBe('aerie.internal/test');
    expect(chain.members.get(keyring.memberId)?.record).toMatchObject({ name: 'Ada', role: 'owner' });
    expect(chain.devices.get(keyring.deviceId)).toMatchObject({ label: 'laptop', record: { kind: 'full' } });
    expect(keyring.membership).toBeNull();
  });

  it('is not finished where the server shows another organization to the kit', async () => {
    const there = new NewServer();
    const founding = await beginFounding({ ...names, fetch: there.fetch });
    await sendFounding(founding, { server, setupToken: 'right', fetch: there.fetch });
    const finish = () => finishFounding(founding, { server, fetch: there.fetch });
    there.shown = { membership: (await Organization.found()).page() };
    await expect(finish()).rejects.toMatchObject({ code: 'trust.root' });
    // Without its owner, there is nobody whose kit this is.
    there.shown = { membership: { size: 1, entries: founding.request.entries.slice(0, 1) } };
    await expect(finish()).rejects.toMatchObject({ code: 'trust.membership' });
    there.shown = { memberId: crypto.randomUUID() };
    await expect(finish()).rejects.toMatchObject({ code: 'trust.membership' });
    there.shown = { sealedBackup: await withOtherRecoveryKey(founding) };
    await expect(finish()).rejects.toMatchObject({ code: 'trust.membership' });
    there.shown = {};
    await expect(finish()).resolves.toMatchObject({ server });
  });

  it('is refused for certain by a wrong token, and by the organization of somebody else', async () => {
    const there = new NewServer();
    const founding = await beginFounding({ ...names, fetch: there.fetch });
    const wrong = sendFounding(founding, { server, setupToken: 'wrong', fetch: there.fetch });
    expect(wasRefused(await wrong.catch((error: unknown) => error))).toBe(true);
    const other = await beginFounding({ ...names, fetch: there.fetch });
    await sendFounding(other, { server, setupToken: 'right', fetch: there.fetch });
    const late = sendFounding(founding, { server, setupToken: 'right', fetch: there.fetch });
    expect(wasRefused(await late.catch((error: unknown) => error))).toBe(true);
  });

  it('is not called refused where the question whether it succeeded found no answer', async () => {
    const there = new NewServer();
    const founding = await beginFounding({ ...names, fetch: there.fetch });
    await sendFounding(founding, { server, setupToken: 'right', fetch: there.fetch });
    there.calls.length = 0;
    // The organization exists, and the connection goes with the question for the backup.
    const deaf = (async (url: URL | string, init?: RequestInit) => {
      if (new URL(url).pathname.endsWith('/recovery')) return problem('access.denied', 403);
      return there.fetch(url, init);
    }) as typeof globalThis.fetch;
    const again = await sendFounding(founding, { server, setupToken: 'right', fetch: deaf }).catch((e: unknown) => e);
    expect(wasRefused(again)).toBe(false);
  });
});

/** The backup once more, under the same account key, with another key to certify devices with. */
async function withOtherRecoveryKey({ kit, request }: Founding): Promise<string> {
  const passphrase = accountKeyText((await parseRecoveryKit(kit)).accountKey);
  const opened = await openWithPassphrase(fromBase64(request.sealedBackup), passphrase);
  const other = await generateSecretKey('other', 'encrypting');
  const backup = { ...JSON.parse(fromUtf8(opened)), recoverySecretKey: toBase64(writeSecretKey(other)) } as object;
  return toBase64(await sealWithPassphrase(canonicalJson(backup), passphrase));
}
