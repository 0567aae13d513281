import { argon2id } from 'hash-wasm';
import type { Argon2Cost } from './primitives.port.js';

/** Argon2 in WebAssembly: in browsers, and on Node where the native package has no build for the machine. */
export const argon2Wasm = (passphrase: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> =>
  argon2id({
    password: passphrase,
    salt: cost.salt,
    iterations: cost.passes,
    parallelism: cost.lanes,
    memorySize: 2 ** cost.memoryExponent,
    hashLength: 32,
    outputType: 'binary',
  });
