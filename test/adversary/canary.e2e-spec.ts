import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, Pairing, newPairingCode } from '@aerie/sdk';
import { ingestItems, openFolderJournal, readKeyringFile } from '@aerie/sdk/node';
import { chunkBytes, fromBase64, segmentBytes } from '@aerie/protocol';
import sharp from 'sharp';
import { readSecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import { parseRecoveryKit, recoveryToken } from '../../clients/sdk/src/crypto/recovery-kit.js';
import { CanarySearch, entriesOf, filesBelow, objectsOf, rowsOf, type Hay } from '../support/canaries.js';
import { Cli } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { embeddedProfile, everyProfile, type Profile } from '../support/profiles.js';
import { startProcess, type ServerProcess } from '../support/server.js';
import { Stored } from '../support/stored.js';

/**
 * What the operator could find of a sealed project, everything he has searched for everything he must not have. The names
 * of the organization, its members and devices are no secrets: signed records carry them, so that people know each other.
 */
const word = (what: string): string => `${what}${randomBytes(9).toString('hex')}`;
describe.each(everyProfile())('A canary search of %s', (_, openProfile) => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-canary-'));
  const dataDir = join(folder, 'data');
  const logFile = join(dataDir, 'server.log');
  const card = join(folder, word('Card'));
  const search = new CanarySearch();
  let profile: Profile;
  let server: ServerProcess;
  let owner: Owner;
  let stored: Stored;

  beforeAll(async () => {
    profile = await openProfile();
    mkdirSync(dataDir);
    mkdirSync(card);
    server = await startProcess({
      dataDir,
      env: {
        ...profile.env,
        AERIE_LOG_LEVEL: 'trace',
        AERIE_LOG_FILE: logFile,
        AERIE_CHECK_DELAY_SECONDS: '1',
        AERIE_TICK_SECONDS: '1',
      },
    });
    stored = await Stored.open(server, profile.env);
    owner = await foundBy(server);
    search.add('set-up token', server.setupToken);
    search.add('renderer token', server.rendererToken);
    search.add('passphrase', owner.passphrase);
    await plantFiles();
    await useEverything();
  }, 240_000);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    await profile?.remove();
    owner?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function photo(name: string, side: number): Promise<void> {
    const [make, model, artist, serial, seconds] = [
      word('Make'),
      word('Model'),
      word('Artist'),
      word('Serial'),
      String(randomInt(1_000_000_000, 4_000_000_000)),
    ];
    const noise = {
      create: {
        width: side,
        height: side,
        channels: 3 as const,
        background: '#808080',
        noise: { type: 'gaussian' as const, mean: 128, sigma: 40 },
      },
    };
    const octets = await sharp(noise)
      .jpeg({ quality: 92 })
      .withExif({
        IFD0: { Make: make, Model: model, Artist: artist },
        IFD2: { BodySerialNumber: serial },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: `47/1 7/1 ${seconds}/100000000`,
          GPSLongitudeRef: 'E',
          GPSLongitude: `8/1 3/1 ${seconds}/100000000`,
        },
      })
      .toBuffer();
    for (const [what, text] of Object.entries({ make, model, artist, serial, 'GPS digits': seconds })) {
      search.add(`${what} of ${name}`, text);
      if (what !== 'GPS digits') expect(octets.includes(text)).toBe(true);
    }
    writeFileSync(join(card, name), octets);
    search.add('pixels', octets.subarray(octets.length >> 1, (octets.length >> 1) + 24));
  }

  /** Random marks all over a file, also where chunks, segments and parts meet. */
  function marked(name: string, bytes: number): void {
    const content = Buffer.alloc(bytes);
    const seams = [chunkBytes, 2 * chunkBytes, segmentBytes - 16, segmentBytes, 2 * segmentBytes];
    const places = [
      0,
      bytes - 24,
      ...seams.map((seam) => seam - 12),
      ...Array.from({ length: 20 }, () => randomInt(bytes - 24)),
    ];
    for (const place of places.filter((one) => one >= 0 && one + 24 <= bytes)) randomBytes(24).copy(content, place);
    for (const place of places.filter((one) => one >= 0 && one + 24 <= bytes))
      search.add(`plaintext of ${name} at ${place}`, content.subarray(place, place + 24));
    writeFileSync(join(card, name), content);
  }

  async function plantFiles(): Promise<void> {
    const names = [word('small'), word('large'), word('note'), word('bulk')] as const;
    for (const name of names) search.add('file name', name);
    search.add('folder name', card.slice(folder.length + 1));
    await photo(`${names[0]}.jpg`, 300);
    await photo(`${names[1]}.jpg`, 3_200);
    marked(`${names[2]}.srt`, 40_000);
    marked(`${names[3]}.bin`, 2 * segmentBytes + 300_000);
  }

  /** Ingest, list, preview, download, recover, enroll, pair, and mistakes on the way; what is secret on the client is noted. */
  async function useEverything(): Promise<void> {
    const keyring = await readKeyringFile(join(owner.home, 'keyring.pgp'), owner.passphrase);
    const tokens = new Set<string>();
    const fetchNoting: typeof fetch = (input, init) => {
      const token = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length);
      if (token) tokens.add(token);
      return fetch(input, init);
    };
    const aerie = await Aerie.open(keyring, { fetch: fetchNoting });
    const projectName = word('Project');
    search.add('project name', projectName);
    const { projectId } = await aerie.projects.create(projectName, 'sealed');
    const journal = await openFolderJournal(join(folder, 'journal'));
    for await (const result of aerie.uploads.ingest(ingestItems([card], { pictures: true }), { projectId, journal }))
      expect(result.status).toBe('stored');
    for await (const { mediaId, capture } of aerie.media.list(projectId)) {
      if (capture?.position) search.add('latitude', String(capture.position.latitude));
      const { media, reader } = await aerie.media.open(mediaId);
      for (const blob of media.blobs.values())
        search.add(`session key of ${blob.role}`, await reader.sessionKey(media, blob));
    }
    for await (const { ok } of aerie.media.verify(projectId)) expect(ok).toBe(true);
    const { opened } = await aerie.projects.verified(projectId);
    search.add('hash key of the project', opened.hashKey);
    for (const secret of [keyring.deviceSecretKey, keyring.memberSecretKeys![0]!].map(fromBase64))
      await addKey(await readSecretKey(secret));
    await addKey(opened.secretKey);
    search.add('local key', fromBase64(keyring.localKey));
    const kitText = readFileSync(owner.kitFile, 'utf8');
    const { accountKey } = await parseRecoveryKit(kitText);
    search.add('account key', accountKey);
    search.add('account key as printed', /Account key: +(\S+)/.exec(kitText)![1]!);
    search.add('recovery token', await recoveryToken(accountKey));
    const newcomer = new Cli(owner.passphrase);
    await newcomer.must('recover', '--server', server.url, '--kit', owner.kitFile);
    newcomer.remove();
    await owner.must(
      'device',
      'enroll',
      '--project',
      projectId,
      '--upload-only',
      '--out',
      join(folder, 'enrollment.json'),
    );
    for (const kind of ['full', 'upload-only'] as const) {
      const code = newPairingCode();
      search.add('pairing code', code);
      search.add('pairing code as typed', code.replaceAll('-', ''));
      const pairing = await Pairing.offer({ server: server.url, code, label: 'phone', kind });
      const offer = (await aerie.devices.readOffer(code))!;
      await aerie.devices.approve(code, offer, kind === 'full' ? {} : { projectId });
      await addKey(await readSecretKey(fromBase64((await pairing.answered()).deviceSecretKey)));
    }
    expect((await owner.run('get', word('nothing'), '--out', join(folder, 'x'))).code).not.toBe(0);
    const secretQuery = word('query');
    search.add('query and body of a refused request', secretQuery);
    const [token] = tokens;
    await fetch(`${server.url}/api/v1/projects/${secretQuery}?name=${secretQuery}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await fetch(`${server.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ record: secretQuery }),
    });
    await fetch(`${server.url}/api/v1/organization`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"setupToken":"${secretQuery}`,
    });
    await aerie.close();
    for (const one of tokens) search.add('session token', one);
    await until(
      () => stored.count('SELECT count(*) FROM media WHERE checked_at IS NULL'),
      (count) => count === 0,
      60_000,
    );
  }

  async function addKey({ key }: Awaited<ReturnType<typeof readSecretKey>>): Promise<void> {
    for (const { keyPacket } of key.getKeys()) {
      const parameters = (keyPacket as unknown as { privateParams: Record<string, Uint8Array> }).privateParams;
      for (const [name, octets] of Object.entries(parameters)) search.add(`secret key (${name})`, octets);
    }
  }

  async function* everything(): AsyncGenerator<Hay> {
    await stored.query('CHECKPOINT');
    yield* filesBelow(dataDir);
    yield* rowsOf(stored);
    yield { place: 'what the server printed', octets: Buffer.from(withoutGreeting(server)) };
    if (profile.env.REDIS_URL) yield* entriesOf(profile.env.REDIS_URL);
    if (profile.env.S3_ENDPOINT) yield* objectsOf(profile.env);
  }

  async function findings(): Promise<string[]> {
    const found: string[] = [];
    for await (const hay of everything()) found.push(...search.in(hay));
    return found;
  }

  it('finds nothing in files, database, queue, store and logs', async () => {
    expect(await findings()).toEqual([]);
    expect(search.searchedBytes).toBeGreaterThan(20_000_000);
    expect(readFileSync(logFile, 'utf8').split('\n').length).toBeGreaterThan(50);
  }, 120_000);

  it('does find a canary that is planted in a table, in a log, in an object, in any form', async () => {
    const canary = word('planted');
    search.add('planted', canary);
    await stored.query('CREATE TABLE planted (text text, octets bytea, job jsonb)');
    await stored.query('INSERT INTO planted VALUES ($1, $2, $3)', [
      Buffer.from(canary).toString('hex'),
      Buffer.from(`x${canary}`),
      { deep: [`${canary}y`] },
    ]);
    appendFileSync(logFile, `{"url":"/?q=${Buffer.from(`ab${canary}cd`).toString('base64')}"}\n`);
    writeFileSync(
      join(dataDir, 'planted.bin'),
      Buffer.concat([randomBytes(77), Buffer.from(canary, 'utf16le'), randomBytes(77)]),
    );
    const found = await findings();
    expect(found).toEqual(
      expect.arrayContaining([
        'planted (as it is) in table public.planted',
        'planted (hex) in table public.planted',
        'planted (base64 +2) in server.log',
        'planted (UTF-16) in planted.bin',
      ]),
    );
    if (profile === embeddedProfile)
      expect(found.some((one) => one.startsWith('planted') && one.includes('postgres/cluster/base'))).toBe(true);
    await stored.query('DROP TABLE planted');
  }, 120_000);
});

/** The console that the server is started from shows the set-up token, and is no log. */
const withoutGreeting = (server: ServerProcess): string =>
  server
    .logs()
    .split('\n')
    .filter((line) => !/^ {4}(?:\S+|npx aerie init .*)$/.test(line))
    .join('\n');
