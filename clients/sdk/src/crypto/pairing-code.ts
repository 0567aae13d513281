/**
 * The pairing code: what a person carries from one device to another, past the server. Everything that two devices tell
 * each other before they have a certificate in common is authentic because both know it.
 */
import { PairingAnswer, canonicalJson, fromBase64, toBase64, toHex, utf8, type CreatePairing } from '@aerie/protocol';
import { Refusal, TrustError } from '../errors.js';
import { base32Digits, grouped, isBase32, meantBase32 } from './base32.js';
import { deriveKey } from './commitment.js';
import { LocalSeal } from './local-seal.js';

/** 100 bits: the server sees what was made with it and could try codes at leisure, so it must be beyond guessing. */
const codeDigits = 20;
const digitsPerGroup = 4;

/** A new code, as it is printed: `7Q2M-…`, five groups of four. Good for one device. */
export function newPairingCode(): string {
  const octets = crypto.getRandomValues(new Uint8Array(codeDigits));
  // 32 divides 256, so the remainder is as random as the octet.
  return grouped(Array.from(octets, (octet) => base32Digits[octet % base32Digits.length]).join(''), digitsPerGroup);
}

/** A code as it was typed, in its 20 digits. @throws Refusal `pairing.malformed` */
function parsePairingCode(typed: string): string {
  const digits = meantBase32(typed);
  if (digits.length === codeDigits && isBase32(digits)) return digits;
  throw new Refusal('pairing.malformed', `A pairing code has ${codeDigits} digits and letters, without U`);
}

/** What the MAC covers. */
type Stated = Omit<CreatePairing, 'mac'>;

/** What a pairing code yields: a name for the server, and keys that the server never has. */
export class PairingSecrets {
  private constructor(
    readonly pairingId: string,
    private readonly offerKey: CryptoKey,
    private readonly checkKey: CryptoKey,
    private readonly answers: LocalSeal,
  ) {}

  /** @param code as it was printed or typed. @throws Refusal `pairing.malformed` */
  static async of(code: string): Promise<PairingSecrets> {
    const digits = utf8(parsePairingCode(code));
    const [id, offer, check, answer] = await Promise.all(
      ['id', 'offer', 'check', 'answer'].map((purpose) => deriveKey(digits, `aerie/pairing-${purpose}/v1`)),
    );
    return new PairingSecrets(uuidOf(id!), await hmacKey(offer!), await hmacKey(check!), await LocalSeal.of(answer!));
  }

  async macOf(stated: Stated): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', this.offerKey, octetsOf(stated));
    return toBase64(new Uint8Array(mac));
  }

  /** @throws TrustError `trust.pairing` unless a device that knows the code made this offer, and made it so */
  async requireOffer({ mac, ...stated }: CreatePairing): Promise<void> {
    const isTrue =
      stated.pairingId === this.pairingId &&
      (await crypto.subtle.verify('HMAC', this.offerKey, fromBase64(mac) as BufferSource, octetsOf(stated)));
    if (!isTrue)
      throw new TrustError('trust.pairing', 'The device in this offer is not the one that was given the code');
  }

  /** Six digits for a person to compare on both screens: they differ where another device answered the code. */
  async checkNumber(certificate: Uint8Array): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', this.checkKey, certificate as BufferSource);
    return String(new DataView(mac).getUint32(0) % 1_000_000).padStart(6, '0');
  }

  sealAnswer(answer: PairingAnswer): Promise<Uint8Array> {
    return this.answers.seal(this.pairingId, answer);
  }

  /** @throws TrustError `trust.pairing` where it was not sealed by a device that knows the code */
  async openAnswer(sealed: Uint8Array): Promise<PairingAnswer> {
    try {
      return PairingAnswer.parse(await this.answers.open(this.pairingId, sealed));
    } catch (error) {
      throw new TrustError('trust.pairing', 'The answer is not by anybody who knows the code', { cause: error });
    }
  }
}

const octetsOf = ({ pairingId, deviceId, label, kind, certificate, proof }: Stated): BufferSource =>
  canonicalJson({ pairingId, deviceId, label, kind, certificate, proof }) as BufferSource;

const hmacKey = (octets: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', octets as BufferSource, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

/** The first 16 octets as a UUID of version 8 (RFC 9562, 5.8). */
function uuidOf(octets: Uint8Array): string {
  const id = octets.slice(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return toHex(id).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
