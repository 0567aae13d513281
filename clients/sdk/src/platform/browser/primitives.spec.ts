import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BrowserContext, Page } from 'playwright-core';
import { publicPrimitives } from '../../../../../protocol/src/primitives/node.js';
import { hasBrowser, launchBrowser, serveBundle, type ServedBundle } from '../../../../../test/support/browser.js';
import type { compute } from '../../../../../test/support/pages/primitives.page.js';
import { primitives } from '../node/primitives.js';

const cases = 40;
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octets = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes });
/** The public half of a secret key, by way of DER: what stands before its 32 octets says of which kind it is. */
const publicHalf = (kind: '70' | '6e', secret: Uint8Array): Uint8Array => {
  const der = Buffer.concat([Buffer.from(`302e020100300506032b65${kind}04220420`, 'hex'), secret]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }).subarray(-32));
};

(hasBrowser() ? describe : describe.skip)("The browser's primitives in Chromium", () => {
  let bundle: ServedBundle;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    bundle = await serveBundle({ page: 'test/support/pages/primitives.page.ts' });
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(bundle.url);
    await page.evaluate(async (module) => void Object.assign(globalThis, await import(module)), '/page.js');
  });
  afterAll(async () => {
    await browser?.close();
    await bundle?.stop();
  });

  it("give what Node's give, open what those sealed, and refuse the same", async () => {
    const inputs = fc.tuple(octets(32), octets(12), fc.uint8Array({ maxLength: 40 }), octets(32), octets(400));
    await fc.assert(
      fc.asyncProperty(inputs, async ([key, nonce, data, secret, plain]) => {
        const [signing, receiving] = [publicHalf('70', secret), publicHalf('6e', secret)];
        const wrappingKey = key.subarray(0, 16);
        const signature = hex(await (await primitives.signer({ secret, publicKey: signing }))(plain));
        const sealed = hex(await (await primitives.aead(key)).seal(nonce, data, plain));
        const wrapped = hex(await primitives.wrap(wrappingKey, key));
        const sent = await (await primitives.sender(receiving))();
        const given = { key, nonce, data, plain, secret, signing, receiving };
        const found = await page.evaluate(
          (all) => (globalThis as unknown as { compute: typeof compute }).compute(all),
          {
            ...(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, hex(value)])) as Record<
              keyof typeof given,
              string
            >),
            theirs: { signature, sealed, wrapped, ephemeral: hex(sent.ephemeral) },
          },
        );
        const { ephemeral, shared, ...results } = found;
        const sha256 = hex(await publicPrimitives.digest('SHA-256', [data, plain]));
        expect(results).toEqual({
          sha256,
          sha512: hex(await publicPrimitives.digest('SHA-512', [data, plain])),
          running: sha256,
          hmac: hex(await primitives.hmac(key, plain)),
          hkdf: hex(await primitives.hkdf(key, nonce, data, 36)),
          argon2: hex(await primitives.argon2(key, { salt: wrappingKey, passes: 3, lanes: 4, memoryExponent: 8 })),
          sealed,
          opened: hex(plain),
          openedAltered: 'refused',
          signature,
          verified: 'true',
          verifiedAltered: 'false',
          wrapped,
          unwrapped: hex(key),
          unwrappedAltered: 'refused',
          received: hex(sent.shared),
          receivedOfSmallOrder: 'refused',
        });
        const receive = await primitives.receiver({ secret, publicKey: receiving });
        expect(hex(await receive(Buffer.from(ephemeral!, 'hex')))).toBe(shared);
      }),
      { numRuns: cases },
    );
  });
});
