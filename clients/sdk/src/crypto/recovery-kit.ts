/** The recovery kit: a page for a person to print, from which the member's keys can be had back. */
import { Fingerprint, Id, sha256, utf8 } from '@aerie/protocol';
import { Refusal } from '../errors.js';
import { fromBase32, grouped, isBase32, meantBase32, toBase32 } from './base32.js';
import { deriveKey } from './commitment.js';

export interface RecoveryKit {
  readonly organization: string;
  readonly organizationId: string;
  readonly server: string;
  /** Pins the organization: a server cannot recover a member into another one. */
  readonly rootFp: string;
  readonly accountKey: Uint8Array;
}

/** 128 bits: beyond guessing, so no stretching is needed; short enough to be typed. */
const accountKeyBytes = 16;
const checksumDigits = 4;
const bitsPerDigit = 5;
const keyDigits = Math.ceil((accountKeyBytes * 8) / bitsPerDigit);
const digitsPerGroup = 5;

export const newAccountKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(accountKeyBytes));

/** The passphrase of the sealed backup: the 26 digits of the account key, without groups and checksum. */
export const accountKeyText = (accountKey: Uint8Array): string => toBase32(accountKey);

/** What the server is asked with for the sealed backup; it knows only the SHA-256 of it and cannot open anything with it. */
export const recoveryToken = (accountKey: Uint8Array): Promise<Uint8Array> =>
  deriveKey(accountKey, 'aerie/recovery-token/v1');

/** The text of the kit file. */
export async function printRecoveryKit(kit: RecoveryKit): Promise<string> {
  const digits = toBase32(kit.accountKey) + (await checksum(kit.accountKey));
  return [
    'Aerie recovery kit',
    '',
    'Print this page, or keep this file off-line. Whoever has it can read everything that',
    'this member can read; without it, and without a device of yours, nobody can.',
    '',
    // A name is the one line that others may choose; it must not be able to add lines of its own.
    `Organization:      ${kit.organization.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')}`,
    `Organization id:   ${kit.organizationId}`,
    `Server:            ${kit.server}`,
    `Root fingerprint:  ${kit.rootFp.match(/.{8}/g)!.join(' ')}`,
    `Account key:       ${grouped(digits, digitsPerGroup)}`,
    '',
    'To use it:  open the server in a browser, or run',
    '            aerie recover --server <server> --kit <this file>',
    '',
  ].join('\n');
}

/** What a kit says, or as much of it as was typed: the account key opens the backup, and the rest is inside that. */
export type KeyOfKit = Pick<RecoveryKit, 'accountKey'> & Partial<Pick<RecoveryKit, 'rootFp' | 'organizationId'>>;

/** Reads a whole kit, or the account key alone. @throws Refusal `kit.malformed` */
export const readKitOrKey = async (text: string): Promise<KeyOfKit> =>
  text.includes(':') ? parseRecoveryKit(text) : { accountKey: await parseAccountKey(text) };

/**
 * Compares an account key that was typed with the one in a kit.
 * @returns the first group that differs, from 1; null where all are right
 */
export async function misreadGroup(kitText: string, typed: string): Promise<number | null> {
  const { accountKey } = await parseRecoveryKit(kitText);
  const right = toBase32(accountKey) + (await checksum(accountKey));
  const digits = meantBase32(typed);
  if (digits === right) return null;
  const at = [...right].findIndex((digit, i) => digit !== digits[i]);
  return at < 0 ? Math.ceil(right.length / digitsPerGroup) : Math.floor(at / digitsPerGroup) + 1;
}

/** Whether what was typed is that group of the account key in a kit. @param group from 1 */
export async function isGroupOfKit(kitText: string, group: number, typed: string): Promise<boolean> {
  const { accountKey } = await parseRecoveryKit(kitText);
  const right = toBase32(accountKey) + (await checksum(accountKey));
  return right.slice((group - 1) * digitsPerGroup, group * digitsPerGroup) === meantBase32(typed);
}

/**
 * Reads a kit, forgiving about case, white space, dashes, O for 0 and I or L for 1.
 * @throws Refusal `kit.malformed`
 */
export async function parseRecoveryKit(text: string): Promise<RecoveryKit> {
  const field = (label: string): string => {
    const match = new RegExp(`^\\s*${label}\\s*:(.*)$`, 'im').exec(text);
    if (!match) throw new Refusal('kit.malformed', `The recovery kit lacks its line "${label}"`);
    return match[1]!.trim();
  };
  const rootFp = Fingerprint.safeParse(field('Root fingerprint').replace(/\s/g, '').toLowerCase());
  const organizationId = Id.safeParse(field('Organization id').toLowerCase());
  if (!rootFp.success)
    throw new Refusal('kit.malformed', 'The root fingerprint in the recovery kit does not have 64 hexadecimal digits');
  if (!organizationId.success)
    throw new Refusal('kit.malformed', 'The organization id in the recovery kit is not an id');
  const accountKey = await parseAccountKey(field('Account key'));
  return {
    organization: field('Organization'),
    organizationId: organizationId.data,
    server: field('Server'),
    rootFp: rootFp.data,
    accountKey,
  };
}

async function parseAccountKey(typed: string): Promise<Uint8Array> {
  const digits = meantBase32(typed);
  if (digits.length !== keyDigits + checksumDigits || !isBase32(digits)) {
    throw new Refusal('kit.malformed', `The account key must have ${keyDigits + checksumDigits} digits`);
  }
  const key = fromBase32(digits.slice(0, keyDigits));
  if ((await checksum(key)) !== digits.slice(keyDigits) || toBase32(key) !== digits.slice(0, keyDigits)) {
    throw new Refusal('kit.malformed', 'The account key has a typing error');
  }
  return key;
}

/** 20 bits of SHA-256: one mistyped kit in a million slips through, and then opens nothing. */
async function checksum(accountKey: Uint8Array): Promise<string> {
  const digest = await sha256(new Uint8Array([...utf8('aerie/account-key-checksum/v1'), ...accountKey]));
  return toBase32(digest).slice(0, checksumDigits);
}
