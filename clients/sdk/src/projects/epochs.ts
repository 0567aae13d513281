/** What is said of an epoch, and its envelopes: its secret key, sealed to each member's certificate as the chain has it. */
import { canonicalJson, sha256, toBase64, type EnvelopeContent, type Membership } from '@aerie/protocol';
import { generateSecretKey, sealMessage, writeSecretKey } from '../crypto/openpgp.js';
import type { EntryDraft } from '../identity/append.js';
import type { LocalDevice } from '../identity/local-device.js';

export interface NewEpoch {
  readonly said: Extract<EntryDraft['said'], { type: 'epoch' }>;
  readonly envelopes: readonly { readonly memberId: string; readonly sealed: string }[];
}

/**
 * New keys for a project: what is sealed to them opens for these members, and for nobody who could read before.
 * @param chain that the entry will follow: the envelopes are for the certificates in it
 */
export async function newEpoch(
  { keyring: { organizationId }, entrySigner: signer }: LocalDevice,
  chain: Membership,
  { projectId, name, memberIds }: { projectId: string; name: string; memberIds: readonly string[] },
): Promise<NewEpoch> {
  const epoch = (chain.projects.get(projectId)?.epochs.length ?? 0) + 1;
  const key = await generateSecretKey(`project ${projectId} epoch ${epoch}`, 'encrypting');
  const stated = { v: 1, organizationId, projectId, epoch, name, secretKey: toBase64(writeSecretKey(key)) } as const;
  // Content tokens as well tell nothing to who had the keys before.
  const hashKey = toBase64(crypto.getRandomValues(new Uint8Array(32)));
  const sealed = await Promise.all(
    memberIds.map(async (memberId) => {
      const { certificate } = chain.certificateOf(memberId)!;
      const content: EnvelopeContent = { ...stated, recipientFp: certificate.fingerprint, hashKey };
      return { memberId, octets: await sealMessage(canonicalJson(content), [certificate]) };
    }),
  );
  const members = await Promise.all(
    sealed.map(async ({ memberId, octets }) => ({ memberId, sealed: toBase64(await sha256(octets)) })),
  );
  const certificate = toBase64(key.certificate.bytes);
  return {
    said: { type: 'epoch', signer, projectId, epoch, certificate, members },
    envelopes: sealed.map(({ memberId, octets }) => ({ memberId, sealed: toBase64(octets) })),
  };
}
