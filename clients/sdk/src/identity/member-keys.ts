/** The secret keys of a member, one for each certificate that it has had; each new one comes sealed to every full device. */
import {
  fromBase64,
  sha256,
  toBase64,
  type KeyAtPlace,
  type Membership,
  type MemberCertificate,
} from '@aerie/protocol';
import { openMessage, readSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';

/** All of one member, in the order of the chain. */
export class MemberKeys {
  /** @param keys not empty */
  constructor(readonly all: readonly SecretKey[]) {}

  get newest(): SecretKey {
    return this.all.at(-1)!;
  }

  of(fingerprint: string): SecretKey | undefined {
    return this.all.find(({ certificate }) => certificate.fingerprint === fingerprint);
  }

  /** Whether these are the keys of all certificates that the member has had, and no others. */
  areThoseOf(membership: Membership, memberId: string): boolean {
    const certificates = membership.members.get(memberId)?.certificates ?? [];
    return (
      certificates.length === this.all.length &&
      certificates.every(({ certificate }, i) => certificate.fingerprint === this.all[i]!.certificate.fingerprint)
    );
  }

  /** The certificates that the member was given since. */
  missingIn(membership: Membership, memberId: string): MemberCertificate[] {
    return (membership.members.get(memberId)?.certificates ?? []).filter(
      ({ rotation, certificate }) => rotation !== null && !this.of(certificate.fingerprint),
    );
  }

  /**
   * With those that are missing.
   * @param sealed as the server keeps them
   * @param named the digest that the entry of a certificate names for the holder of `key`
   * @throws TrustError `trust.envelope` unless each is there, and is what the member sealed
   */
  async with(
    missing: readonly MemberCertificate[],
    sealed: readonly KeyAtPlace[],
    { key, named }: { key: SecretKey; named: (one: MemberCertificate) => string | undefined },
  ): Promise<MemberKeys> {
    const opened: SecretKey[] = [];
    for (const one of missing) {
      const octets = fromBase64(sealed.find(({ seq }) => seq === one.since)?.sealed ?? '');
      if (named(one) !== toBase64(await sha256(octets)))
        throw new TrustError('trust.envelope', 'The server does not show the new key of your member');
      const secretKey = await openMessage(octets, key).then(readSecretKey).catch(distrusted);
      if (secretKey.certificate.fingerprint !== one.certificate.fingerprint)
        throw new TrustError('trust.envelope', 'The new key of your member is not that of its certificate');
      opened.push(secretKey);
    }
    return new MemberKeys([...this.all, ...opened]);
  }
}

function distrusted(error: unknown): never {
  throw new TrustError('trust.envelope', (error as Error).message, { cause: error });
}
