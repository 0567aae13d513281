/**
 * What one operation costs: openpgp.js beside our own packets, and WebCrypto beside Node's own crypto, in one run of one
 * process. `node infra/bench/primitives.mjs`, after a build. Prints processor time, user and system, median of five.
 */
import { randomBytes, randomUUID, webcrypto } from 'node:crypto';
import * as openpgp from 'openpgp';
import { openpgpPolicy, contextNotation, segmentDigest } from '../../protocol/dist/index.js';
import { ChunkCipher } from '../../clients/sdk/dist/crypto/chunk-cipher.js';
import { keyCommitment } from '../../clients/sdk/dist/crypto/commitment.js';
import { BlobOpener } from '../../clients/sdk/dist/crypto/open.js';
import * as door from '../../clients/sdk/dist/crypto/openpgp.js';
import { BlobSealer, sealWhole } from '../../clients/sdk/dist/crypto/seal.js';
import { primitives as browser } from '../../clients/sdk/dist/platform/browser/primitives.js';
import { primitives as native } from '../../clients/sdk/dist/platform/node/primitives.js';

const MiB = 2 ** 20;
const rounds = 5;

/** Processor time of one call in microseconds. */
async function costOf(calls, work) {
  for (let i = 0; i < Math.min(calls, 50); i++) await work();
  const found = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) await work();
    const { user, system } = process.cpuUsage(before);
    found.push((user + system) / calls);
  }
  return found.sort((a, b) => a - b)[(rounds - 1) / 2];
}

function row(name, unit, scale, before, now) {
  const [old, own] = [before / scale, now / scale].map((value) => value.toFixed(value >= 100 ? 0 : 2));
  console.log(`| ${name}, ${unit} | ${old} | ${own} | ${(before / now).toFixed(1)} |`);
}

const atAnyTime = null;
const key = await door.generateSecretKey('bench', 'encrypting');
const certificate = await key.certificate.whole();
const session = { v: 1, type: 'session', organizationId: randomUUID(), deviceId: randomUUID() };
const record = { ...session, challenge: randomBytes(32).toString('base64') };
const signed = await door.signRecord('session', record, key);
const sessionKey = new Uint8Array(randomBytes(32));
const packet = await door.wrapSessionKey(sessionKey, key.certificate);
const context = { name: contextNotation, value: Buffer.from('session.v1'), humanReadable: true, critical: false };
const common = { date: atAnyTime, format: 'binary', config: openpgpPolicy };

const theirs = {
  sign: async () =>
    openpgp.sign({
      ...common,
      message: await openpgp.createMessage({ binary: signed.bytes }),
      signingKeys: key.key,
      date: new Date(),
      detached: true,
      signatureNotations: [context],
    }),
  verify: async () => {
    const { signatures } = await openpgp.verify({
      ...common,
      message: await openpgp.createMessage({ binary: signed.bytes }),
      signature: await openpgp.readSignature({ binarySignature: signed.signature, config: openpgpPolicy }),
      verificationKeys: certificate,
    });
    await signatures[0].verified;
  },
  wrap: () =>
    openpgp.encryptSessionKey({
      ...common,
      data: sessionKey,
      algorithm: 'aes256',
      aeadAlgorithm: 'gcm',
      encryptionKeys: certificate,
    }),
  unwrap: async () =>
    openpgp.decryptSessionKeys({
      message: await openpgp.readMessage({ binaryMessage: packet, config: openpgpPolicy }),
      decryptionKeys: key.key,
      date: atAnyTime,
      config: openpgpPolicy,
    }),
};
const ours = {
  sign: () => door.signRecord('session', record, key),
  verify: () => door.verifyRecord('session', signed, key.certificate),
  wrap: () => door.wrapSessionKey(sessionKey, key.certificate),
  unwrap: () => door.unwrapSessionKey(packet, key),
};

console.log('| | openpgp.js, or WebCrypto | ours, or Node | times |\n| --- | --- | --- | --- |');
for (const name of Object.keys(ours))
  row(name, 'µs', 1, await costOf(300, theirs[name]), await costOf(300, ours[name]));

const salt = new Uint8Array(32).fill(2);
const derive = (by) => () => ChunkCipher.derive(sessionKey, salt, by);
row('keys of a blob (HKDF)', 'µs', 1, await costOf(1000, derive(browser)), await costOf(1000, derive(native)));
const hmac = (by) => () => by.hmac(sessionKey, salt);
row('key commitment (HMAC)', 'µs', 1, await costOf(1000, hmac(browser)), await costOf(1000, hmac(native)));

const plain = new Uint8Array(randomBytes(262_144));
const into = new Uint8Array(plain.length + 16);
const chunks = async (by) => {
  const cipher = await derive(by)();
  const sealed = await cipher.encrypt(1, plain);
  return [() => cipher.encrypt(1, plain, into), () => cipher.decrypt(1, sealed)];
};
const [web, node] = [await chunks(browser), await chunks(native)];
const perGiB = 1e6 / 4096;
for (const [i, name] of ['seal chunks', 'open chunks'].entries())
  row(name, 's/GiB', perGiB, await costOf(400, web[i]), await costOf(400, node[i]));
const segment = new Uint8Array(randomBytes(8 * MiB));
const subtle = () => webcrypto.subtle.digest('SHA-256', segment);
row('SHA-256', 's/GiB', 1e6 / 128, await costOf(20, subtle), await costOf(20, () => segmentDigest(segment)));

async function* once(octets) {
  yield octets;
}

/** Everything between a file in memory and what is sent: original and description sealed, opened again, wrapped, signed. */
async function smallFile(content) {
  for (const part of [content, content.subarray(0, 1024)]) {
    const { sealed, sessionKey: own, segmentDigests, ctRoot } = await sealWhole(part);
    const options = { sessionKey: own, objectBytes: sealed.length, plainBytes: part.length, segmentDigests, ctRoot };
    for await (const piece of new BlobOpener(options).openAll(once(sealed)))
      if (piece.length === 0) throw new Error('empty');
    await keyCommitment(own, session.deviceId, session.organizationId);
    await door.wrapSessionKey(own, key.certificate);
  }
  await door.signRecord('session', record, key);
}
const content = new Uint8Array(randomBytes(200 * 1024));
console.log(
  `\na file of 200 KiB, sealed, opened again, wrapped and signed: ${((await costOf(50, () => smallFile(content))) / 1000).toFixed(2)} ms`,
);

const whole = new Uint8Array(128 * MiB);
for (let at = 0; at < whole.length; at += segment.length) whole.set(segment, at);
const source = {
  bytes: whole.length,
  read: async (start, end, buffer) => {
    const octets = buffer.subarray(0, end - start);
    octets.set(whole.subarray(start, end));
    return octets;
  },
};
const sealer = await BlobSealer.of({ plainBytes: whole.length, sessionKey, salt });
const part = new Uint8Array(sealer.layout.partBytes);
const cost = await costOf(1, async () => {
  for (let at = 0; at < sealer.layout.partCount; at++) await sealer.sealPart(at, source, part);
});
console.log(`a file of 128 MiB in memory, read, sealed and digested: ${((cost * 8) / 1e6).toFixed(2)} s/GiB`);
