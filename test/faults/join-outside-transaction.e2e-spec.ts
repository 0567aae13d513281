import { randomBytes } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { segmentBytes } from '@aerie/protocol';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import { fullProfile, hasFullProfile, type Profile } from '../support/profiles.js';
import { RawDevice, type SealedFile } from '../support/raw.js';
import { Stored } from '../support/stored.js';

const describeOnS3 = hasFullProfile() ? describe : describe.skip;

describeOnS3('A store that takes its time to join the parts of a large file', () => {
  let profile: Profile;
  let gate: Gate;
  let harbor: Harbor;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    profile = await fullProfile();
    gate = await Gate.open(profile.env.S3_ENDPOINT!);
    const env = { ...profile.env, S3_ENDPOINT: gate.url, AERIE_TICK_SECONDS: '1' };
    ({ ada, stored, projectId } = harbor = await openHarbor({ env }, profile.env));
  }, 180_000);

  afterAll(async () => {
    gate?.release();
    await harbor?.close();
    gate?.close();
    await profile?.remove();
  }, 60_000);

  async function uploaded(): Promise<SealedFile> {
    const file = await ada.seal(projectId, randomBytes(segmentBytes + 100), { inParts: true });
    expect((await ada.create(file)).code).toBe('ok');
    for (const part of [0, 1]) expect((await ada.putPart(file, part)).code).toBe('ok');
    return file;
  }
  /** Connections of the server that have begun a transaction, besides the queue's and this one. */
  const transactions = () =>
    stored.count(
      `SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
    );

  it('holds up nobody: no transaction is open meanwhile, and others commit', async () => {
    const file = await uploaded();
    gate.hold();
    const committing = ada.commit(file);
    await gate.reached();
    await until(transactions, (open) => open === 0, 20_000);
    const small = await ada.seal(projectId, randomBytes(100));
    expect((await ada.bundle(projectId, [small])).json.outcomes[0].receipt).toBeDefined();
    gate.release();
    expect((await committing).code).toBe('ok');
  }, 120_000);

  it('does not keep an owner from aborting; the commit is refused then, and nothing is left', async () => {
    const file = await uploaded();
    gate.hold();
    const committing = ada.commit(file);
    await gate.reached();
    expect((await ada.send('abortUpload', { params: { mediaId: file.mediaId } })).code).toBe('ok');
    gate.release();
    expect((await committing).code).toBe('upload.closed');
    const rest = () => stored.count('SELECT count(*) FROM upload_blob');
    await until(rest, (blobs) => blobs === 0, 60_000);
    expect(await stored.count('SELECT count(*) FROM media WHERE id = $1', [file.mediaId])).toBe(0);
  }, 120_000);
});

/** Stands before the store and holds back requests that join parts. */
class Gate {
  #isHeld = false;
  #waiting: (() => void)[] = [];
  #arrived: () => void = () => undefined;
  #reached = Promise.resolve();

  private constructor(private readonly proxy: Server) {}

  static async open(target: string): Promise<Gate> {
    const { hostname, port } = new URL(target);
    const proxy = createServer((incoming, outgoing) => {
      const forward = () => {
        const { method, url: path, rawHeaders: headers } = incoming;
        const onward = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
          outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
          answer.pipe(outgoing);
        });
        onward.on('error', () => outgoing.destroy());
        incoming.pipe(onward);
      };
      if (gate.#isHeld && incoming.method === 'POST' && /[?&]uploadId=/.test(incoming.url!)) {
        gate.#waiting.push(forward);
        gate.#arrived();
      } else forward();
    });
    const gate = new Gate(proxy);
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  hold(): void {
    this.#isHeld = true;
    this.#reached = new Promise((done) => (this.#arrived = done));
  }

  /** Resolves when a request waits. */
  reached(): Promise<void> {
    return this.#reached;
  }

  release(): void {
    this.#isHeld = false;
    for (const forward of this.#waiting.splice(0)) forward();
  }

  close(): void {
    this.proxy.closeAllConnections();
    this.proxy.close();
  }
}
