/** The secret keys of a member, one for each certificate that it has had; each new one comes sealed to every full device. */
import {
  fromBase64,
  sha256,
  toBase64,
  type KeyAtPlace,
  type MemberCertificate,
  type Membership,
} from '@aerie/protocol';
import { openMessage, readSecretKey, type SecretKey } from '../crypto/openpgp.js';

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

  /** Whether each is the key of a certificate that the member has had. */
  areOf(membership: Membership, memberId: string): boolean {
    const certificates = membership.members.get(memberId)?.certificates ?? [];
    return this.all.every((key) =>
      certificates.some(({ certificate }) => certificate.fingerprint === key.certificate.fingerprint),
    );
  }

  /** The certificates of which this does not have the key. */
  missingOf(certificates: readonly MemberCertificate[]): MemberCertificate[] {
    return certificates.filter(({ certificate }) => !this.of(certificate.fingerprint));
  }

  /**
   * With those that are missing, in the order of the chain. One that is not there, or not what the member sealed, is left out:
   * what is sealed to it stays closed. Else a thief with a device of the member, or the server, could shut out all others by a
   * key that does not open, and keep them from revoking that very device.
   * @param certificates all that the member has had
   * @param sealed as the server keeps them
   * @param by.named the digest that the entry of a certificate names for the holder of `by.key`
   */
  async with(
    certificates: readonly MemberCertificate[],
    sealed: readonly KeyAtPlace[],
    by: { key: SecretKey; named: (one: MemberCertificate) => string | undefined },
  ): Promise<MemberKeys> {
    const opened = await Promise.all(
      this.missingOf(certificates).map(async (one) => {
        const found = sealed.find(({ seq }) => seq === one.since)?.sealed;
        return found === undefined ? null : openKey(one, fromBase64(found), by.named(one), by.key);
      }),
    );
    const known = new MemberKeys([...this.all, ...opened.filter((key) => key !== null)]);
    const inOrder = certificates.map(({ certificate }) => known.of(certificate.fingerprint));
    return new MemberKeys(inOrder.filter((key) => key !== undefined));
  }
}

/** Null unless the octets are those that the entry names, and hold the key of its certificate. */
async function openKey(
  { certificate }: MemberCertificate,
  octets: Uint8Array,
  named: string | undefined,
  key: SecretKey,
): Promise<SecretKey | null> {
  if (named !== toBase64(await sha256(octets))) return null;
  const opened = await openMessage(octets, key)
    .then(readSecretKey)
    .catch(() => null);
  return opened?.certificate.fingerprint === certificate.fingerprint ? opened : null;
}
