import { json } from 'node:stream/consumers';
import { fromBase64, toBase64 } from '@aerie/protocol';
import { CryptoError, openWithPassphrase, sealWithPassphrase } from '../../crypto/openpgp.js';
import type { PassphraseOutcome, PassphraseTask } from './passphrase-process.js';

// When the channel closes, the process that asked is gone, and the keys are not needed.
if (process.connected === false) process.exit(1);
process.once('disconnect', () => process.exit(1));
process.channel?.unref();

/** One passphrase operation, in a process that ends with it: see passphrase-process.ts. */
const { verb, bytes, passphrase } = (await json(process.stdin)) as PassphraseTask;
const work = verb === 'seal' ? sealWithPassphrase : openWithPassphrase;
const outcome: PassphraseOutcome = await work(fromBase64(bytes), passphrase).then(
  (done) => ({ done: toBase64(done) }),
  (error: unknown) => {
    if (error instanceof CryptoError) return { reason: error.reason, message: error.message };
    throw error;
  },
);
process.stdout.write(JSON.stringify(outcome));
