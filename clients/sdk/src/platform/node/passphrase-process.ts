import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { fromBase64, toBase64 } from '@aerie/protocol';
import { CryptoError } from '../../crypto/openpgp.js';

/** Travels through a pipe that only the two processes hold; never on a command line, which others can read. */
export interface PassphraseTask {
  readonly verb: 'seal' | 'open';
  /** In base64. */
  readonly bytes: string;
  readonly passphrase: string;
}
export type PassphraseOutcome =
  { readonly done: string } | { readonly reason: CryptoError['reason']; readonly message: string };

/** By way of dist, so that the sources find it too when a test runs them directly. */
const child = fileURLToPath(new URL('../../../dist/platform/node/passphrase-child.js', import.meta.url));

/**
 * Seals or opens with a passphrase in a process of its own. Argon2 takes 64 MiB of WebAssembly memory, which only the
 * end of its process gives back, and an upload of hours should not carry it along.
 * @throws CryptoError as `openWithPassphrase` does
 */
export async function withPassphrase(
  verb: 'seal' | 'open',
  bytes: Uint8Array,
  passphrase: string,
): Promise<Uint8Array> {
  const task: PassphraseTask = { verb, bytes: toBase64(bytes), passphrase };
  const running = spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  if (!running.stdin || !running.stdout) throw new Error('the process that opens the keyring has no pipes');
  running.stdin.end(JSON.stringify(task));
  const answer = await text(running.stdout);
  if (answer === '') throw new Error('the process that opens the keyring ended early; is there memory left?');
  const outcome = JSON.parse(answer) as PassphraseOutcome;
  if ('done' in outcome) return fromBase64(outcome.done);
  throw new CryptoError(outcome.reason, outcome.message);
}
