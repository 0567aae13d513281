import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { passphraseLengthMin, strengthOf, type PassphraseFault } from '@aerie/sdk/passphrase';
import { CliError, Interrupted } from './failure.js';

/**
 * The passphrase that locks this home's keys: from AERIE_PASSPHRASE, from the file AERIE_PASSPHRASE_FILE names (one
 * line end at its end is not part of it), or from a hidden prompt on a terminal, asked twice where it is `new`.
 * @throws CliError `passphrase.missing` where there is none of these, or an empty one; `passphrase.weak` for a new one
 * that is easy to guess; Interrupted on Ctrl-C.
 */
export async function readPassphrase(use: 'new' | 'existing'): Promise<string> {
  const given = process.env.AERIE_PASSPHRASE ?? fromFile();
  if (given !== undefined) return use === 'new' ? requireStrong(given) : refuseEmpty(given);
  if (!process.stdin.isTTY) {
    throw new CliError(
      'passphrase.missing',
      'The keys of this device are locked with a passphrase, and none was given',
      {
        hint: 'Nothing was changed. Set AERIE_PASSPHRASE or AERIE_PASSPHRASE_FILE, or run this on a terminal.',
      },
    );
  }
  if (use === 'existing') return refuseEmpty(await askHidden('Passphrase: '));
  const passphrase = requireStrong(await askHidden('New passphrase for the keys on this device: '));
  if ((await askHidden('Confirm passphrase: ')) === passphrase) return passphrase;
  throw new CliError('passphrase.mismatch', "Passphrases don't match", {
    hint: 'Nothing was changed. Run it again.',
  });
}

function fromFile(): string | undefined {
  const path = process.env.AERIE_PASSPHRASE_FILE;
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new CliError('passphrase.missing', 'The passphrase file cannot be read', {
      hint: 'Nothing was changed. Correct AERIE_PASSPHRASE_FILE.',
      detail: (error as Error).message,
    });
  }
}

function refuseEmpty(passphrase: string): string {
  if (passphrase !== '') return passphrase;
  throw new CliError('passphrase.missing', 'The passphrase is empty', {
    hint: 'Nothing was changed. Enter at least one character.',
  });
}

/** @throws CliError `passphrase.weak`, before anything is locked with one that a thief would guess */
function requireStrong(passphrase: string): string {
  const { fault } = strengthOf(refuseEmpty(passphrase));
  if (fault === null) return passphrase;
  throw new CliError('passphrase.weak', weakTitles[fault], {
    hint: 'Nothing was changed. Use a short sentence, or a few words that do not go together.',
  });
}

const weakTitles: Record<PassphraseFault, string> = {
  too_short: `The passphrase has fewer than ${passphraseLengthMin} characters`,
  common: 'The passphrase is among the first that anyone would try',
  repetitive: 'The passphrase repeats itself',
  guessable: 'The passphrase is too easy to guess',
};

/** Reads a line without showing it. The question goes to standard error: standard output may be a file. */
function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise<string>((answer, reject) => {
    lines.once('line', answer);
    lines.once('SIGINT', () => reject(new Interrupted('Nothing was changed.')));
    lines.once('close', () => reject(new Interrupted('Nothing was changed.')));
  }).finally(() => {
    lines.close();
    process.stderr.write('\n');
  });
}
