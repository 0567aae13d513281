/**
 * Writes ../container/*.vector. Shares no code with the product, only the specification, and is deterministic:
 * `node protocol/vectors/generate/container.mjs` must leave the folder as it is.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { C, literal, merkleRoot, packet, padded, pattern, seipd, seipdV1, sealChunks, sha256 } from './packets.mjs';

const folder = new URL('../container/', import.meta.url);

const keysOf = (name, own = name) => ({
  key: sha256(Buffer.from(`key ${name}`)),
  salt: sha256(Buffer.from(`salt ${own}`)),
});

function write(name, expect, comment, plainBytes, object, { key, salt, exponent = 30, objectBytes = object.length }) {
  const shownWhole = object.length <= 1024 * 1024;
  const lines = {
    expect,
    comment,
    'session-key': key.toString('hex'),
    salt: salt.toString('hex'),
    'partial-exponent': exponent,
    'plain-bytes': plainBytes,
    'plain-sha256': sha256(pattern(plainBytes)).toString('hex'),
    'object-bytes': objectBytes,
    'object-sha256': sha256(object).toString('hex'),
    'ct-root': merkleRoot(object).toString('hex'),
    object: shownWhole ? 'follows' : 'from-pattern',
  };
  const head = Object.entries(lines)
    .map(([label, value]) => `${label}: ${value}\n`)
    .join('');
  writeFileSync(
    new URL(`${name}.vector`, folder),
    Buffer.concat([Buffer.from(`${head}\n`), shownWhole ? object : Buffer.alloc(0)]),
  );
}

function writeOk(name, comment, plainBytes, exponent) {
  const keys = { ...keysOf(name), exponent };
  const inner = padded(literal(pattern(plainBytes), { exponent }));
  write(name, 'ok', comment, plainBytes, seipd(sealChunks(inner, keys), keys), keys);
}

/** `make` gets what an honest sealer has and returns the object, or the object and what the manifest says of it. */
function writeRefused(name, expect, comment, plainBytes, make, exponent) {
  const keys = { ...keysOf(name), exponent };
  const inner = padded(literal(pattern(plainBytes), { exponent }));
  const made = make({ keys, inner, chunks: sealChunks(inner, keys), object: seipd(sealChunks(inner, keys), keys) });
  const { object, objectBytes } = Buffer.isBuffer(made) ? { object: made } : made;
  write(name, expect, comment, plainBytes, object, { ...keys, objectBytes });
}

const flip = (object, at) => {
  const copy = Buffer.from(object);
  copy[at < 0 ? copy.length + at : at] ^= 1;
  return copy;
};
const patch = (object, at, ...octets) =>
  Buffer.concat([object.subarray(0, at), Buffer.from(octets), object.subarray(at + octets.length)]);

function writeAccepted() {
  writeOk('empty', 'no plaintext', 0);
  writeOk('one-octet', 'one octet of plaintext', 1);
  writeOk('padding-empty', 'the padding packet has an empty body', 14);
  writeOk('padding', 'the padding packet has 31 octets of zeros', 975);
  for (const d of [-1, 0, 1]) {
    const sign = d === 0 ? '0' : d > 0 ? 'plus-1' : 'minus-1';
    writeOk(`chunk-boundary-${sign}`, `literal and padding head end ${d} octets from the end of chunk 0`, C - 18 + d);
    writeOk(
      `chunk-boundary-literal-${sign}`,
      `the literal packet ends ${d} octets from the end of chunk 0`,
      C - 12 + d,
    );
  }
  writeOk('segment-boundary-minus-1', 'the last PADMÉ size below one segment', 2 ** 23 - 2 ** 17 - 18);
  writeOk('segment-boundary-0', 'the second segment holds only the end of a chunk and the final tag', 2 ** 23 - 18);
  writeOk('segment-boundary-plus-1', 'the next PADMÉ size: the second segment holds a chunk of its own', 2 ** 23 - 17);
  writeOk('partial-outer-minus-1', 'the longest outer packet with a definite length', 3_950, 10);
  writeOk('partial-outer-0', 'the shortest outer packet with partial lengths; the literal packet has none', 3_951, 10);
  writeOk('partial-literal-minus-1', 'the longest literal packet with a definite length', 4_089, 10);
  writeOk('partial-literal-0', 'the shortest literal packet with partial lengths', 4_090, 10);
  writeOk('partial-last-piece-full', 'the last piece of the literal packet is a whole 2^10 octets', 5 * 1_024 - 6, 10);
  writeOk('partial-last-piece-one', 'the last piece of the literal packet is one octet', 5 * 1_024 - 5, 10);
  writeOk('partial-two-chunks', 'partial lengths of 2^16, padding in chunk 1', C + 1_000, 16);
  writeOk('partial-many', 'over 256 pieces of 2^10', C - 12, 10);
}

function writeRefusedProfile() {
  const small = (name, reason, comment, make) => writeRefused(name, reason, comment, 100, make);
  small('not-seipd-literal', 'not_seipd', 'an unencrypted literal packet', ({ inner }) => inner);
  small('not-seipd-type-20', 'not_seipd', 'the obsolete AEAD packet', ({ object }) => patch(object, 0, 0xd4));
  small('not-seipd-type-9', 'not_seipd', 'encrypted data without integrity protection', ({ object }) =>
    patch(object, 0, 0xc9),
  );
  small('not-seipd-old-format', 'not_seipd', 'the old packet format', ({ object }) => patch(object, 0, 0x88));
  small('seipd-v1', 'version', 'a correct SEIPDv1 by somebody who has the session key', ({ inner, keys }) =>
    seipdV1(inner, keys),
  );
  small('seipd-v3', 'version', 'an unknown version', ({ object }) => patch(object, 6, 3));
  const resealed =
    (how) =>
    ({ inner, keys }) =>
      seipd(sealChunks(inner, { ...keys, ...how }), { ...keys, ...how });
  small('cipher-aes-128', 'cipher', 'AES-128', resealed({ cipher: 7 }));
  small('aead-ocb', 'aead', 'correct under OCB', resealed({ aead: 2 }));
  small('aead-eax', 'aead', 'says EAX', ({ object }) => patch(object, 8, 1));
  small('chunk-octet-11', 'chunk_size', 'correct with chunks of 128 KiB', resealed({ chunkOctet: 11 }));
  small(
    'chunk-octet-16',
    'chunk_size',
    'correct with the largest chunks RFC 9580 lets a writer use',
    resealed({ chunkOctet: 16 }),
  );
  small('chunk-octet-17', 'chunk_size', 'above what RFC 9580 allows', resealed({ chunkOctet: 17 }));
  small('chunk-octet-30', 'chunk_size', 'chunks of 64 GiB', ({ object }) => patch(object, 9, 30));
  small('length-two-octets', 'length', 'a shorter length form than the profile has', ({ object }) =>
    Buffer.concat([Buffer.from([0xd2, 192, object.length - 6 - 192]), object.subarray(6)]),
  );
  small('length-short', 'length', 'the packet says one octet fewer', ({ object }) => patch(object, 5, object[5] - 1));
  small('length-partial', 'length', 'partial lengths where a definite one belongs', ({ object }) =>
    Buffer.concat([Buffer.of(0xd2, 224 + 30), object.subarray(6)]),
  );
}

function writeRefusedChunks() {
  const twoChunks = C - 17;
  const threeChunks = 2 * C - 17;
  const rebuilt =
    (choose) =>
    ({ chunks, keys }) =>
      seipd(choose(chunks, keys), keys);
  const auth = (name, comment, bytes, make) => writeRefused(name, 'authentication', comment, bytes, make);
  auth(
    'swapped',
    'chunks 0 and 1 have changed places',
    threeChunks,
    rebuilt(([a, b, c, tag]) => [b, a, c, tag]),
  );
  auth(
    'dropped',
    'chunk 1 of 3 is missing',
    threeChunks,
    rebuilt(([a, , c, tag]) => [a, c, tag]),
  );
  auth(
    'duplicated',
    'chunk 0 is there twice',
    twoChunks,
    rebuilt(([a, b, tag]) => [a, a, b, tag]),
  );
  auth(
    'spliced',
    'chunk 0 is from another object under the same session key',
    twoChunks,
    ({ chunks: [, b, tag], keys, inner }) => {
      const other = { ...keys, salt: keysOf('spliced', 'another object').salt };
      return seipd([sealChunks(inner, other)[0], b, tag], keys);
    },
  );
  auth(
    'truncated-with-final-tag',
    'ends after chunk 0, with the final tag of the whole',
    twoChunks,
    rebuilt(([a, , tag]) => [a, tag]),
  );
  auth(
    'truncated-without-final-tag',
    'ends after chunk 0, without any final tag',
    twoChunks,
    rebuilt(([a]) => [a]),
  );
  auth(
    'truncated-final-tag-only',
    'everything but the final tag',
    100,
    rebuilt(([a]) => [a]),
  );
  auth('bit-flip-chunk', 'one bit of a chunk', 100, ({ object }) => flip(object, 50));
  auth('bit-flip-tag', 'one bit of a chunk tag', 100, ({ object }) => flip(object, -17));
  auth('bit-flip-final-tag', 'one bit of the final tag', 100, ({ object }) => flip(object, -1));
  auth('bit-flip-salt', 'one bit of the salt', 100, ({ object }) => flip(object, 41));
  auth(
    'trailing-inside',
    'an octet after the final tag, inside the packet',
    100,
    rebuilt((chunks) => [...chunks, Buffer.from([0])]),
  );
  writeRefused('truncated', 'truncated', 'the last octet is missing', 100, ({ object }) => ({
    object: object.subarray(0, -1),
    objectBytes: object.length,
  }));
  writeRefused('truncated-head', 'truncated', 'ends inside the salt', 100, ({ object }) => ({
    object: object.subarray(0, 30),
    objectBytes: object.length,
  }));
  writeRefused('truncated-nothing', 'truncated', 'no octets at all', 100, ({ object }) => ({
    object: Buffer.alloc(0),
    objectBytes: object.length,
  }));
  writeRefused('trailing', 'trailing', 'an octet after the packet', 100, ({ object }) => ({
    object: Buffer.concat([object, Buffer.from([0])]),
    objectBytes: object.length,
  }));
  writeRefused('trailing-packet', 'length', 'a second packet, and a manifest that counts it', 100, ({ object }) =>
    Buffer.concat([object, packet(0xd5, Buffer.alloc(10))]),
  );
}

function writeRefusedInner() {
  const resealed = (name, reason, comment, plainBytes, inner, exponent) =>
    writeRefused(
      name,
      reason,
      comment,
      plainBytes,
      ({ keys }) => seipd(sealChunks(inner(pattern(plainBytes)), keys), keys),
      exponent,
    );
  const prefixed =
    (...prefix) =>
    (plain) =>
      padded(literal(plain, { prefix }));
  resealed('literal-text', 'literal', 'text format', 100, prefixed(0x74, 0, 0, 0, 0, 0));
  resealed('literal-name', 'literal', 'a file name', 100, prefixed(0x62, 1, 0x61, 0, 0, 0, 0));
  resealed('literal-date', 'literal', 'a date', 100, prefixed(0x62, 0, 0, 0, 0, 1));
  resealed('literal-compressed', 'literal', 'a compressed packet', 100, (plain) => padded(packet(0xc8, plain)));
  resealed('literal-short-length', 'literal', 'a one-octet length', 100, (plain) =>
    padded(Buffer.concat([Buffer.from([0xcb, 106, 0x62, 0, 0, 0, 0, 0]), plain])),
  );
  resealed('literal-none', 'literal', 'only padding', 0, () => padded(Buffer.alloc(0)));
  resealed('literal-too-long', 'literal', 'a literal packet longer than the object', 100, (plain) =>
    patch(padded(literal(plain)), 2, 0, 16),
  );
  resealed('padding-none', 'literal', 'no padding packet', 100, (plain) => literal(plain));
  resealed('padding-other-size', 'literal', 'more padding than PADMÉ asks for', 100, (plain) =>
    Buffer.concat([literal(plain), packet(0xd5, Buffer.alloc(200))]),
  );
  resealed('padding-other-packet', 'padding', 'a second literal packet in the place of padding', 100, (plain) =>
    patch(padded(literal(plain)), 112, 0xcb),
  );
  resealed('padding-short', 'padding', 'the padding packet ends before the object', 1_000, (plain) =>
    patch(padded(literal(plain)), 1_017, 0),
  );
  resealed(
    'partial-inner-other',
    'literal',
    'partial lengths of 2^11 in the literal packet where 2^10 belong',
    10_000,
    (plain) => padded(literal(plain, { exponent: 11 })),
    10,
  );
  writeRefused(
    'partial-outer-other',
    'length',
    'partial lengths of 2^11 where 2^10 belong',
    10_000,
    ({ chunks, keys }) => seipd(chunks, { ...keys, exponent: 11 }),
    10,
  );
  writeRefused(
    'partial-length-altered',
    'length',
    'one later length octet is altered',
    10_000,
    ({ object }) => flip(object, 1 + 1_025),
    10,
  );
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeAccepted();
writeRefusedProfile();
writeRefusedChunks();
writeRefusedInner();
