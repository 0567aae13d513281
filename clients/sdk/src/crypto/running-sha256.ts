import { createSHA256 } from 'hash-wasm';

/** SHA-256 of octets that come in pieces, which WebCrypto cannot do. */
export interface RunningSha256 {
  update(octets: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Node's own where this is Node, five times as fast; WebAssembly in a browser. */
export async function runningSha256(): Promise<RunningSha256> {
  const native = globalThis.process?.getBuiltinModule?.('node:crypto');
  if (native) return native.createHash('sha256');
  const hash = (await createSHA256()).init();
  return { update: (octets) => hash.update(octets), digest: () => hash.digest('binary') };
}
