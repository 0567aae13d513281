/** The browser's primitives, asked from a test: octets go in and come out in hex, which every bridge carries. */
import { fromHex, toHex } from '../../../protocol/src/bytes.js';
import { publicPrimitives } from '../../../protocol/src/primitives/web.js';
import { primitives } from '../../../clients/sdk/src/platform/browser/primitives.js';

export interface Given {
  readonly key: string;
  readonly nonce: string;
  readonly data: string;
  readonly plain: string;
  /** Of Ed25519 and X25519, with their public halves. */
  readonly secret: string;
  readonly signing: string;
  readonly receiving: string;
  /** Made by the other implementation, for this one to check and open. */
  readonly theirs: {
    readonly signature: string;
    readonly sealed: string;
    readonly wrapped: string;
    readonly ephemeral: string;
  };
}

const refused = async (work: () => unknown): Promise<string> => {
  try {
    return String(await work());
  } catch {
    return 'refused';
  }
};
const flipped = (octets: Uint8Array): Uint8Array =>
  octets.map((octet, at) => (at === octets.length >> 1 ? octet ^ 1 : octet));

/** Each result by its name, in the order in which the test computes them on Node. */
export async function compute(given: Given): Promise<Record<string, string>> {
  const [key, nonce, data, plain, secret] = [given.key, given.nonce, given.data, given.plain, given.secret].map(
    fromHex,
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const [signing, receiving] = [fromHex(given.signing), fromHex(given.receiving)];
  const [signature, sealed] = [fromHex(given.theirs.signature), fromHex(given.theirs.sealed)];
  const wrapped = fromHex(given.theirs.wrapped);
  const aead = await primitives.aead(key);
  const verify = await publicPrimitives.verifier(signing);
  const receive = await primitives.receiver({ secret, publicKey: receiving });
  const sent = await (await primitives.sender(receiving))();
  const running = await primitives.runningSha256();
  running.update(data);
  running.update(plain);
  const cost = { salt: key.subarray(0, 16), passes: 3, lanes: 4, memoryExponent: 8 };
  return {
    sha256: toHex(await publicPrimitives.digest('SHA-256', [data, plain])),
    sha512: toHex(await publicPrimitives.digest('SHA-512', [data, plain])),
    running: toHex(running.digest()),
    hmac: toHex(await primitives.hmac(key, plain)),
    hkdf: toHex(await primitives.hkdf(key, nonce, data, 36)),
    argon2: toHex(await primitives.argon2(key, cost)),
    sealed: toHex(await aead.seal(nonce, data, plain)),
    opened: toHex(await aead.open(nonce, data, sealed)),
    openedAltered: await refused(() => aead.open(nonce, data, flipped(sealed))),
    signature: toHex(await (await primitives.signer({ secret, publicKey: signing }))(plain)),
    verified: String(await verify(plain, signature)),
    verifiedAltered: String(await verify(plain, flipped(signature))),
    wrapped: toHex(await primitives.wrap(key.subarray(0, 16), key)),
    unwrapped: toHex(await primitives.unwrap(key.subarray(0, 16), wrapped)),
    unwrappedAltered: await refused(() => primitives.unwrap(key.subarray(0, 16), flipped(wrapped))),
    received: toHex(await receive(fromHex(given.theirs.ephemeral))),
    receivedOfSmallOrder: await refused(() => receive(new Uint8Array(32))),
    ephemeral: toHex(sent.ephemeral),
    shared: toHex(sent.shared),
  };
}
