/**
 * What it costs to replay the membership chain of a large organization from its first entry on, every signature verified.
 * `npm run bench:membership` after a build, or with `-- --web` in Chromium as well. Of 22 entries ten are members, ten are their
 * devices, and two a project with its epoch. Prints wall time, and processor time of all threads.
 *   AERIE_BENCH_ENTRIES    how many entries (default 11,000)
 *   AERIE_CHROMIUM         default /usr/bin/chromium
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Membership, membershipPageMax, sha256, signedFromWire, signedToWire, toBase64 } from '@aerie/protocol';
import { generateSecretKey } from '../../clients/sdk/dist/crypto/openpgp.js';
import { signEntries } from '../../clients/sdk/dist/identity/append.js';
import { fullDevice, proveDevice } from '../../clients/sdk/dist/identity/device-records.js';
import { launchChromium } from './web/browser.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const projectCount = Math.ceil(Number(process.env.AERIE_BENCH_ENTRIES ?? 11_000) / 22);
const membersPerProject = 10;
const runs = 5;
const organizationId = randomUUID();
const createdAt = '2026-01-01T00:00:00.000Z';

const certificateOf = (key) => toBase64(key.certificate.bytes);

/** The drafts of such an organization, and its root. */
async function draftOrganization() {
  const rootKey = await generateSecretKey('root', 'signing');
  const receiptKey = { origin: 'bench', publicKey: toBase64(new Uint8Array(32)) };
  const founding = { name: 'Bench', certificate: certificateOf(rootKey), receiptKey };
  const drafts = [{ said: { type: 'organization', signer: { by: 'root' }, ...founding }, key: rootKey }];
  const owner = await draftMember(drafts, 'owner', { key: rootKey, signer: { by: 'root' } });
  for (let project = 0; project < projectCount; project++) {
    const members = project === 0 ? [owner] : [];
    while (members.length < membersPerProject) members.push(await draftMember(drafts, 'member', owner.device));
    await draftProject(drafts, members, owner.device);
  }
  return { drafts, rootFp: rootKey.certificate.fingerprint };
}

async function draftMember(drafts, role, by) {
  const [key, recovery] = [await generateSecretKey(role, 'encrypting'), await generateSecretKey('kit', 'encrypting')];
  const memberId = randomUUID();
  const certificates = { certificate: certificateOf(key), recoveryCertificate: certificateOf(recovery) };
  drafts.push({
    said: { type: 'member', signer: by.signer, memberId, name: role, role, ...certificates },
    key: by.key,
  });
  const deviceId = randomUUID();
  const deviceKey = await generateSecretKey('laptop', 'encrypting');
  const proof = await proveDevice(deviceKey, organizationId, deviceId);
  const device = { memberId, deviceId, label: 'laptop', certificate: deviceKey.certificate, proof };
  drafts.push({ said: fullDevice({ signer: { by: 'recovery', memberId }, ...device }), key: recovery });
  return { memberId, device: { key: deviceKey, signer: { by: 'device', memberId, deviceId } } };
}

async function draftProject(drafts, people, { key, signer }) {
  const projectId = randomUUID();
  drafts.push({ said: { type: 'project', signer, projectId, previews: { mode: 'sealed' } }, key });
  const certificate = certificateOf(await generateSecretKey('epoch', 'encrypting'));
  const sealed = toBase64(await sha256(new Uint8Array(1)));
  const members = people.map(({ memberId }) => ({ memberId, sealed }));
  drafts.push({ said: { type: 'epoch', signer, projectId, epoch: 1, certificate, members }, key });
}

/** Page after page, as a client reads it. */
async function replay({ rootFp, wire }) {
  let chain = await Membership.found(signedFromWire(wire[0]), rootFp);
  for (let from = 1; from < wire.length; from += membershipPageMax)
    chain = await chain.with(wire.slice(from, from + membershipPageMax).map(signedFromWire));
  return chain;
}

/** In milliseconds. */
async function costOf(work) {
  const [since, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  return { result, wall: performance.now() - since, processor: (user + system) / 1000 };
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

async function replayOnNode(chain) {
  const { length } = chain.wire;
  for (let run = 1; run <= runs; run++) {
    const { wall, processor } = await costOf(() => replay(chain));
    const each = [wall, processor].map((cost) => (cost / length).toFixed(3));
    row(`Node, run ${run}`, (wall / 1000).toFixed(2), (processor / 1000).toFixed(2), ...each);
  }
  const before = await replay({ ...chain, wire: chain.wire.slice(0, -1) });
  const { wall, processor } = await costOf(() => before.with([signedFromWire(chain.wire.at(-1))]));
  console.log(`\nOne entry more: ${wall.toFixed(1)} ms, of the processor ${processor.toFixed(1)}.\n`);
}

async function replayInChromium(chain) {
  const pages = JSON.stringify({ membership: 'infra/bench/web/membership.page.mjs' });
  const bundle = execFileSync(process.execPath, [join(root, 'test/support/bundle.mjs'), pages], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const [[, script]] = JSON.parse(bundle.toString());
  const answers = {
    '/': ['text/html', '<!doctype html><title>Bench</title><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', script],
    '/chain': ['application/json', JSON.stringify(chain)],
  };
  const server = createServer(({ url }, answer) => {
    const [type, body] = answers[url] ?? ['text/plain', ''];
    answer.writeHead(200, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => globalThis.replay);
    for (let run = 1; run <= runs; run++) {
      const wall = await page.evaluate(() => globalThis.replay());
      row(
        `Chromium ${browser.version()}, run ${run}`,
        (wall / 1000).toFixed(2),
        '',
        (wall / chain.wire.length).toFixed(3),
        '',
      );
    }
  } finally {
    await browser.close();
    server.close();
  }
}

const { drafts, rootFp } = await draftOrganization();
const entries = await signEntries(drafts, { organizationId, createdAt, after: null });
const octets = entries.reduce((sum, { bytes, signature }) => sum + bytes.length + signature.length, 0);
console.log(`${entries.length} entries, ${octets} octets, ${Math.round(octets / entries.length)} an entry\n`);
row('', 's', 'processor s', 'ms an entry', 'processor ms an entry');
row('---', '---', '---', '---', '---');
const chain = { rootFp, wire: entries.map(signedToWire) };
if (process.argv.includes('--web')) await replayInChromium(chain);
await replayOnNode(chain);
