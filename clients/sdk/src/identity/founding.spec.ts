import { toBase64, sha256, fromBase64, type BodyOf, type routes } from '@aerie/protocol';
import { Aerie } from '../aerie.js';
import { Founding, beginFounding, finishFounding, sendFounding, wasRefused } from './founding.js';

type Request = BodyOf<typeof routes.foundOrganization>;

/** Answers as a new server does while it is being set up. */
class NewServer {
  founded: Request | undefined;
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
      return Response.json(rosterOf(this.founded), { status: 201 });
    }
    const digest = toBase64(await sha256(fromBase64(body.recoveryToken!)));
    if (digest !== this.founded?.recoveryTokenDigest) return problem('recovery.unknown', 404);
    const memberId = (
      JSON.parse(Buffer.from(this.founded.member.record.bytes, 'base64').toString()) as { memberId: string }
    ).memberId;
    return Response.json({ memberId, sealedBackup: this.founded.sealedBackup, roster: rosterOf(this.founded) });
  }
}

const rosterOf = ({ organization, member, device }: Request) => ({
  organization,
  members: [member],
  devices: [device],
  revocations: [],
});
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
